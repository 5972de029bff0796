"""Which metric a problem of a given shape deserves, and how much of the data it may look at.

Costs are floating point operations, so that the choice depends on the data's shape alone, never
on how busy a machine is. A pass multiplies by a matrix of few columns, which is far from the speed
that products of square matrices reach.
"""

from typing import NamedTuple

SLOWNESS_OF_A_PASS = 9.0
COST_OF_A_LOSS = 40
SLOWNESS_OF_SPARSE = 5.0
LOW_RANK_PRODUCTS = 7.0
COST_OF_SCALING = 100
PASSES_OF_DIAGONAL = 2.0
MOST_PASSES_FOR_CLASSES = 30.0
MOST_PARAMETERS = 500_000
CALLS_OF_A_PAIR = 500_000
"""Operations in the time that the calls of Python for a pair of classes take."""

AS_CHEAP_AS_CALLS = 10_000_000
"""Operations on a whole Hessian that take no longer than the calls of Python of any step."""

LARGEST_HESSIAN = 1_500
LARGEST_GRAM = 1_500
LARGEST_GRAMS = 20_000_000
THIN = 0.1
"""Share of entries stored below which a pass costs far less than a dense matrix over features."""

SMALLEST_RANK, LARGEST_RANK = 128, 320
MOST_PASSES_FOR_RANK = 30.0
SMALLEST_SHARE = 0.3
FEWEST_ROWS = 5
MOST_ROWS = 200
SMALL_SHARE = 0.2
ROWS_OF_LOW_RANK = 4 * LARGEST_RANK


class Shape(NamedTuple):
    """Number of samples, of features with the constant one, of rotated classes; entries stored."""

    n: int
    size: int
    n_rotated: int
    density: float

    @property
    def is_thin(self) -> bool:
        """Tell whether only a diagonal can keep up with how little a pass costs."""
        return self.density < THIN or (self.density < 1 and self.size > LARGEST_GRAM)


class Advice(NamedTuple):
    """Which kind of metric to build, ``exact``, ``rich``, ``diagonal`` or ``none``, and why."""

    metric: str
    why: str


def advice(shape: Shape) -> Advice:
    """Say which metric pays for data of a shape."""
    n_features = shape.size - 1
    n_params = shape.size * shape.n_rotated
    if flops_of_hessian(shape) <= AS_CHEAP_AS_CALLS:
        return Advice("exact", f"{n_params} parameters allow for a whole Hessian in each step")
    rows = shape.n if shape.is_thin else cheapest(shape)[1]
    if flops_of_classes(shape, rows) > MOST_PASSES_FOR_CLASSES * flops_of_a_pass(shape):
        return Advice("none", f"a metric for {shape.n_rotated + 1} classes would cost too much")
    if shape.is_thin:
        return Advice("diagonal", f"{n_features} sparse features allow for a diagonal metric")
    if n_params > MOST_PARAMETERS:
        return Advice("none", f"the past steps of {n_params} parameters would take too much memory")
    kind = offers(shape)[0].kind.replace("_", " ")
    return Advice("rich", f"{n_features} features allow for a metric (at best: {kind})")


class Offer(NamedTuple):
    """A metric, the rows that suffice for it, and the operations that it costs."""

    kind: str
    rows: int
    flops: float


def offers(shape: Shape) -> list[Offer]:
    """Return the metrics that suit a shape, the richest first."""
    if shape.is_thin:
        return [diagonal_offer(shape)]
    n, size, n_rotated, density = shape
    found: list[Offer] = []

    def offer(kind: str, rows: int, flops: float) -> None:
        found.append(Offer(kind, rows, flops + flops_of_classes(shape, rows)))

    n_params = size * n_rotated
    if n_params <= LARGEST_HESSIAN:
        rows = min(n, MOST_ROWS * n_params)
        offer("hessian", rows, flops_of_hessian(shape, rows))
    if n < size and n <= LARGEST_GRAM and n**2 * n_rotated <= LARGEST_GRAMS:
        offer("dual_grams", n, 4.0 * n_rotated * n**3)
    elif size <= LARGEST_GRAM and size**2 * n_rotated <= LARGEST_GRAMS:
        rows = min(n, MOST_ROWS * size)
        cubes = 4 * n_rotated * size**3
        gram = rows * size * (size + COST_OF_SCALING)
        offer("grams", rows, n_rotated * gram + cubes)
        offer("shared_gram", rows, gram + cubes)
    if density < 1:
        return [*found, diagonal_offer(shape)]
    rows = rows_of_low_rank(shape)
    flops = flops_of_a_direction(shape) * rank(shape)
    if not found or (n < size and flops < found[-1].flops):
        offer("low_rank", rows, flops)
    return found


def rank(shape: Shape) -> int:
    """Return how many directions are worth it: all where passes cost as much, else fewer."""
    paid = MOST_PASSES_FOR_RANK * flops_of_a_pass(shape) / flops_of_a_direction(shape)
    return round(min(LARGEST_RANK, max(SMALLEST_RANK, paid)))


def flops_of_a_direction(shape: Shape) -> float:
    """Return what each direction of a low-rank metric costs."""
    return LOW_RANK_PRODUCTS * rows_of_low_rank(shape) * shape.size


def rows_of_low_rank(shape: Shape) -> int:
    """Return how many rows tell enough of the strongest directions."""
    return min(shape.n, ROWS_OF_LOW_RANK)


def diagonal_offer(shape: Shape) -> Offer:
    """Return the offer of a diagonal on as many rows as tell enough of the features."""
    rows = fewest_rows(shape)
    return Offer("diagonal", rows, PASSES_OF_DIAGONAL * flops_of_a_pass(shape) * rows / shape.n)


def flops_of_hessian(shape: Shape, rows: int | None = None) -> float:
    """Return what the whole Hessian on some rows, or on all, costs, and its inverse."""
    n, size, n_rotated, _ = shape
    rows = n if rows is None else rows
    pairs = n_rotated * (n_rotated + 1) // 2
    products = (rows * size * (2 * size + COST_OF_SCALING) + CALLS_OF_A_PAIR) * pairs
    return float(products + 2 * (size * n_rotated) ** 3)


def flops_of_a_pass(shape: Shape) -> float:
    """Return what a pass costs in the time of operations on square matrices."""
    n_outputs = 1 if shape.n_rotated == 1 else shape.n_rotated + 1
    stored = SLOWNESS_OF_SPARSE * shape.density if shape.density < 1 else 1.0
    return SLOWNESS_OF_A_PASS * shape.n * n_outputs * (stored * shape.size + COST_OF_A_LOSS)


def flops_of_classes(shape: Shape, rows: int) -> float:
    """Return what the rotation of the classes costs, and the curvature of rows along each."""
    return shape.n_rotated**2 * (4.0 * rows + 10.0 * shape.n_rotated)


def affordable(shape: Shape, budget: float) -> tuple[str, int] | None:
    """Return the richest metric that a number of passes pays for, and its rows, or None."""
    flops = budget * flops_of_a_pass(shape)
    *richer, poorest = offers(shape)
    for kind, rows, cost in richer:
        if flops >= cost:
            return kind, rows
    kind, rows, cost = poorest
    share = flops / max(cost, 1.0)
    return (kind, round(rows * min(1.0, share))) if share >= SMALLEST_SHARE else None


def cheapest(shape: Shape) -> tuple[str, int]:
    """Return the poorest metric of a shape, and the fewest rows that will do."""
    kind, rows, _ = offers(shape)[-1]
    return kind, min(rows, fewest_rows(shape))


def fewest_rows(shape: Shape) -> int:
    """Return how many rows tell enough of the features."""
    return min(shape.n, max(FEWEST_ROWS * shape.size, ROWS_OF_LOW_RANK))


def rows_to_begin(shape: Shape) -> int | None:
    """Return a small share of the rows that tells nearly as much as all, or None for no such."""
    rows = MOST_ROWS * shape.size * shape.n_rotated
    return rows if shape.density == 1 and rows <= SMALL_SHARE * shape.n else None
