"""Multi-layer perceptrons whose start can be chosen."""

from sklinit.mlp._classifier import MLPClassifier
from sklinit.mlp._regressor import MLPRegressor

__all__ = ["MLPClassifier", "MLPRegressor"]
