"""A comparison whose runs are spread over a dask cluster, here one in this very process."""

from dask.distributed import Client, LocalCluster
from joblib import parallel_config
from sklearn.datasets import load_digits

from sklinit import MLPClassifier, compare_initializers

X, y = load_digits(return_X_y=True)
mlp = MLPClassifier((32,), batch_size=32, max_iter=5)

cluster = LocalCluster(n_workers=1, threads_per_worker=2, processes=False, dashboard_address=None)
with cluster, Client(cluster), parallel_config(backend="dask"):
    comparison = compare_initializers(mlp, X / 16, y, inits=["zeros", "he"], n_repeats=2)

print(comparison.verdict())
