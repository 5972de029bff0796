"""What the table of initializers says of them beyond their docstrings and parameters."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Entry:
    """What the table says of a law beyond its docstring and its parameters.

    Parameters
    ----------
    formula : str
        The law, with its scaling.
    when : str
        What it is for.
    torch, keras, jax : str, default="–"
        The name in PyTorch, Keras and JAX, and what differs there.
    reference : str, default=""
        The reference, where it is not the one of the class.
    """

    formula: str
    when: str
    torch: str = "–"
    keras: str = "–"
    jax: str = "–"
    reference: str = ""


GLOROT = "X. Glorot, Y. Bengio. AISTATS 2010."
HE = "K. He, X. Zhang, S. Ren, J. Sun. ICCV 2015."
LECUN = "Y. LeCun, L. Bottou, G. Orr, K.-R. Müller. Efficient BackProp, 1998."

ENTRIES = {
    "zeros": Entry("W = 0", "Convex models; biases.", "`zeros_`", "`Zeros`", "`zeros`"),
    "ones": Entry("W = 1", "Demonstrations: all units stay one.", "`ones_`", "`Ones`", "`ones`"),
    "constant": Entry(
        "W = value", "Biases, such as 0.01 for ReLU.", "`constant_`", "`Constant`", "`constant`"
    ),
    "normal": Entry(
        "W ~ N(mean, std²)",
        "Studies of scale.",
        "`normal_`",
        "`RandomNormal`, std 0.05",
        "`normal`, std 0.01",
    ),
    "uniform": Entry(
        "W ~ U(low, high)",
        "Studies of scale.",
        "`uniform_`, U(0, 1)",
        "`RandomUniform`",
        "`uniform`, U(0, scale)",
    ),
    "truncated_normal": Entry(
        "W ~ N(mean, std²), cut at ± bound · std",
        "A normal without outliers.",
        "`trunc_normal_`, bounds in values",
        "`TruncatedNormal`, std 0.05",
        "`truncated_normal`, std 0.01",
    ),
    "variance_scaling": Entry(
        "Var W = gain² · scale / fan",
        "Any law of this family.",
        "–",
        "`VarianceScaling`, truncated by default",
        "`variance_scaling`",
    ),
    "glorot_uniform": Entry(
        "W ~ U(±sqrt(6 / (fan_in + fan_out)))",
        "tanh and other units that are linear near 0.",
        "`xavier_uniform_`",
        "`GlorotUniform`, the default of `Dense`",
        "`glorot_uniform`",
        GLOROT,
    ),
    "glorot_normal": Entry(
        "W ~ N(0, 2 / (fan_in + fan_out))",
        "As `glorot_uniform`.",
        "`xavier_normal_`",
        "`GlorotNormal`, truncated",
        "`glorot_normal`, truncated",
        GLOROT,
    ),
    "he_normal": Entry(
        "W ~ N(0, 2 / fan_in)",
        "ReLU.",
        "`kaiming_normal_`",
        "`HeNormal`, truncated",
        "`he_normal`, truncated",
        HE,
    ),
    "he_uniform": Entry(
        "W ~ U(±sqrt(6 / fan_in))", "ReLU.", "`kaiming_uniform_`", "`HeUniform`", "`he_uniform`", HE
    ),
    "he_leaky": Entry(
        "W ~ N(0, 2 / ((1 + a²) · fan_in))",
        "Leaky ReLU with the negative slope a.",
        "`kaiming_normal_(a=...)`",
    ),
    "lecun_normal": Entry(
        "W ~ N(0, 1 / fan_in)",
        "Linear and self-normalizing (SELU) units.",
        "`kaiming_normal_`, linear",
        "`LecunNormal`, truncated",
        "`lecun_normal`, truncated",
        LECUN,
    ),
    "lecun_uniform": Entry(
        "W ~ U(±sqrt(3 / fan_in))",
        "As `lecun_normal`.",
        "`kaiming_uniform_`, linear",
        "`LecunUniform`",
        "`lecun_uniform`",
        LECUN,
    ),
    "orthogonal": Entry(
        "Wᵀ W = gain² · I, or W Wᵀ",
        "Deep networks.",
        "`orthogonal_`",
        "`Orthogonal`",
        "`orthogonal`",
    ),
    "sklearn": Entry(
        "W, b ~ U(±sqrt(6 / (fan_in + fan_out))), for logistic units 2 in place of 6",
        "scikit-learn's numbers.",
    ),
    "torch": Entry("W, b ~ U(±1 / sqrt(fan_in))", "PyTorch's law.", "the default of `Linear`"),
    "auto": Entry(
        "Var W = g² / fan_in, g = 1 / sqrt(E f(z)²), f of the layer before; 1 / fan_in in the "
        "first and the output layer; where f grows faster than its input (GELU, SiLU, Mish), "
        "some of the variance is in the biases",
        "Any activation, also one of your own; standardized features.",
    ),
    "noisy_zeros": Entry(
        "W ~ N(0, std²), std = 0.01",
        "Starts near zero.",
        "`normal_(std=0.01)`",
        "`RandomNormal(stddev=0.01)`",
        "`normal()`",
    ),
    "identity": Entry(
        "W = gain · I + std · Z",
        "Deep ReLU networks of one width.",
        "`eye_`",
        "`Identity`",
    ),
    "sparse": Entry(
        "k entries N(0, std²) a column, others 0",
        "Wide layers, units that differ.",
        "`sparse_`, zeros by input and as a fraction",
    ),
    "hadamard": Entry(
        "W = I, or 2^(-(m-1)/2) · H where fan_out > fan_in",
        "A start without chance.",
    ),
    "sinusoidal": Entry(
        "W[j, i] = a · sin(2π (i + 1) (j / fan_in + 1 / fan_out))",
        "A start without chance, of Glorot's variance.",
    ),
    "nguyen_widrow": Entry(
        "‖column‖ = β = 0.7 · fan_out^(1 / fan_in), b ~ U(±β)",
        "One hidden layer of tanh, inputs in [-1, 1].",
    ),
    "siren": Entry(
        "W ~ U(±ω / fan_in) first, U(±sqrt(6 / fan_in)) inside",
        'Fine detail over few inputs, `activation="sin"`.',
    ),
    "mirrored": Entry(
        "[V, V], then [[V, 0], [0, V]], at last [[V], [-V]] / √2",
        "An output of 0 with gradients in every layer; even widths.",
    ),
    "zero_head": Entry(
        "0 in the output layer, others as `hidden`", "A first prediction without preference."
    ),
    "mup_readout": Entry("W ~ N(0, (gain / fan_in)²)", "The output layer of wide networks."),
    "mup": Entry(
        "Var W = 1 / fan_in, in the output layer 1 / fan_in²",
        "Wide networks that learn features.",
        "package `mup`",
    ),
    "prior": Entry(
        "W = 0, b_k = log π_k",
        "`SoftmaxRegression`; as `bias_init`, the output layer of a network with rare classes.",
    ),
    "lda": Entry(
        "w_k = S⁺ m_k, b_k = log π_k - m_kᵀ S⁺ m_k / 2",
        "`SoftmaxRegression` on correlated features.",
    ),
    "naive_bayes": Entry(
        "as `lda` with the diagonal of S, or w_k = log θ_k of counts",
        "`SoftmaxRegression` on many features or counts.",
    ),
    "centroid": Entry(
        "w_k = m_k / v, b_k = -‖m_k‖² / (2 v)", "`SoftmaxRegression` on features of one scale."
    ),
    "ridge": Entry(
        "least squares to targets ±1, penalty alpha · ‖W‖²",
        "`SoftmaxRegression`, also where no class is normal.",
    ),
    "lsuv": Entry(
        "W = V / std(x V), V ~ base, layer by layer",
        "Deep networks of any activation: variance 1 on your data.",
    ),
    "within_layer": Entry(
        "w_i = v_i / σ_i, b_i = -μ_i / σ_i, V ~ base",
        "Features of different scales; every unit is on for about half of the samples.",
    ),
    "pca": Entry(
        "as `within_layer`, v_i the principal directions of what the layer reads",
        "Correlated features.",
    ),
    "metainit": Entry(
        "W = c · V, V ~ base, c of each layer in [1/4, 4] for the least mean |H g + ε| / |g + ε|",
        "A deep ReLU network whose base may be too large.",
    ),
    "gradinit": Entry(
        "W = c · V, V ~ base, c of each layer for the least L(w - η g)",
        "A base whose scale may be too large.",
    ),
    "FromModel": Entry(
        "W, b of a fitted model",
        "Going on from scikit-learn or from an earlier fit.",
        "`load_state_dict`",
        "`load_weights`",
    ),
    "Scaled": Entry("W = factor · V, V ~ init", "A gain for laws that have none."),
    "Masked": Entry(
        "W = mask ∘ V, V ~ init", "Patterns of your own; training may revive a weight."
    ),
}
