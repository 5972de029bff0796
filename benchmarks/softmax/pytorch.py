"""Softmax regression by the L-BFGS of PyTorch, on the objective of LogisticRegression."""

from types import SimpleNamespace
from typing import Any

import numpy as np
from scipy import sparse

from benchmarks.softmax.problems import Problem


def as_tensor(X: Any) -> Any:
    """Turn data into a tensor that shares their memory, dense or CSR."""
    import torch

    if not sparse.issparse(X):
        return torch.from_numpy(np.ascontiguousarray(X))
    parts = (X.indptr.astype(np.int64), X.indices.astype(np.int64), X.data)
    return torch.sparse_csr_tensor(*map(torch.from_numpy, parts), size=X.shape)


def fit_with_pytorch(problem: Problem, tol: float) -> Any:
    """Fit in double precision from zeros until the largest gradient entry is within `tol`.

    An evaluation of the closure is a pass.
    """
    import torch

    X, y = as_tensor(problem.X), torch.from_numpy(np.asarray(problem.y, dtype=np.int64))
    n, d = X.shape
    W = torch.zeros(d, int(y.max()) + 1, dtype=torch.float64, requires_grad=True)
    b = torch.zeros(W.shape[1], dtype=torch.float64, requires_grad=True)
    optimizer = torch.optim.LBFGS(
        [W, b],
        max_iter=20_000,
        max_eval=40_000,
        history_size=10,
        tolerance_grad=tol,
        tolerance_change=1e-16,
        line_search_fn="strong_wolfe",
    )
    passes = 0

    def closure() -> Any:
        nonlocal passes
        passes += 1
        optimizer.zero_grad()
        loss = torch.nn.functional.cross_entropy(X @ W + b, y)
        loss = loss + W.square().sum() / (2 * problem.C * n)
        loss.backward()
        return loss

    optimizer.step(closure)
    return SimpleNamespace(
        coef_=W.detach().numpy().T, intercept_=b.detach().numpy(), history_=[{"passes": passes}]
    )
