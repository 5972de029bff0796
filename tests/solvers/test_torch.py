"""Loss curves beside PyTorch's, on the same start and the same batches, where it is installed."""

from itertools import pairwise

import numpy as np
import pytest
from sklearn.datasets import load_digits

from sklinit import MLPClassifier
from sklinit.solvers import SGD, Adagrad, Adam, AdamW, AMSGrad, RMSprop

torch = pytest.importorskip("torch")
pytestmark = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
X, y = (part[:960] for part in load_digits(return_X_y=True))
X = (X / 16).astype(np.float32)
SIZES, BATCH, N_EPOCHS = (64, 30, 20, 10), 32, 3
PAIRS = {
    "sgd": (SGD(0.05, BATCH), lambda p: torch.optim.SGD(p, 0.05, momentum=0.9, nesterov=True)),
    "adam": (Adam(0.001, BATCH), lambda p: torch.optim.Adam(p, 0.001)),
    "adamw": (
        AdamW(0.001, BATCH, weight_decay=0.0),
        lambda p: torch.optim.AdamW(p, 0.001, weight_decay=0.0),
    ),
    "amsgrad": (AMSGrad(0.001, BATCH), lambda p: torch.optim.Adam(p, 0.001, amsgrad=True)),
    "rmsprop": (
        RMSprop(0.001, BATCH, momentum=0.5),
        lambda p: torch.optim.RMSprop(p, 0.001, momentum=0.5),
    ),
    "adagrad": (Adagrad(0.01, BATCH), lambda p: torch.optim.Adagrad(p, 0.01)),
}


def torch_curve(model, optimizer):
    """The loop that PyTorch's users write; mean loss of each epoch, before its updates."""
    layers = []
    for (fan_in, fan_out), W, b in zip(
        pairwise(SIZES), model.initial_coefs_, model.initial_intercepts_, strict=True
    ):
        linear = torch.nn.Linear(fan_in, fan_out)
        with torch.no_grad():
            linear.weight.copy_(torch.from_numpy(W.T.copy()))
            linear.bias.copy_(torch.from_numpy(b.copy()))
        layers += [linear, torch.nn.ReLU()]
    net = torch.nn.Sequential(*layers[:-1])
    optimizer, curve = optimizer(net.parameters()), []
    inputs, labels = torch.from_numpy(X), torch.from_numpy(y)
    for _ in range(N_EPOCHS):
        total = 0.0
        for start in range(0, len(X), BATCH):
            rows = slice(start, start + BATCH)
            optimizer.zero_grad()
            loss = torch.nn.functional.cross_entropy(net(inputs[rows]), labels[rows])
            loss.backward()
            optimizer.step()
            total += loss.item() * BATCH / len(X)
        curve.append(total)
    return curve


@pytest.mark.parametrize("name", PAIRS)
def test_loss_curves_are_pytorchs(name):
    """float32, three epochs of 30 batches, two hidden layers: to 1e-5."""
    solver, optimizer = PAIRS[name]
    model = MLPClassifier(
        SIZES[1:-1], solver=solver.set_params(shuffle=False), alpha=0.0, max_iter=N_EPOCHS, tol=0.0
    )
    model.set_params(random_state=0).fit(X, y)
    assert model.coefs_[0].dtype == np.float32
    np.testing.assert_allclose(model.loss_curve_, torch_curve(model, optimizer), rtol=0, atol=1e-5)
