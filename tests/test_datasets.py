"""Data sets: shapes and ranges, files of images, and CSV files with all that real ones hold."""

import io

import numpy as np
import pandas as pd
import pytest
from sklearn.datasets import load_sample_images

from sklinit import datasets
from sklinit.datasets import (
    load_cats,
    load_cifar10,
    load_csv,
    load_dataset,
    load_mnist,
    make_patches,
    make_rings,
    make_spirals,
    make_xor,
    table_preprocessor,
)

SHAPES = {
    "digits": ((1797, 64), 10),
    "iris": ((150, 4), 3),
    "wine": ((178, 13), 3),
    "breast_cancer": ((569, 30), 2),
    "rings": ((300, 2), 2),
    "spirals": ((300, 2), 2),
    "xor": ((300, 2), 2),
}


@pytest.mark.parametrize("name", SHAPES)
def test_bundled_data_have_their_known_shapes(name):
    """Name, samples, features and classes as documented by their sources."""
    X, y = load_dataset(name)
    assert (X.shape, len(np.unique(y))) == SHAPES[name]
    assert len(y) == len(X)


def test_every_listed_name_can_be_loaded():
    """`names` is the list of what `load_dataset` knows."""
    assert datasets.names() == [*SHAPES, "mnist"]


def test_an_unknown_name_is_refused_with_a_suggestion():
    """A near miss is named."""
    with pytest.raises(
        ValueError, match=r"of load_dataset .*'digits'.*Got 'digit' instead\. Did you mean 'digits'"
    ):
        load_dataset("digit")


def test_rings_have_two_radii_and_equal_classes():
    """Without noise the points lie on circles of radius 1 and 0.8, half on each."""
    X, y = make_rings(100, noise=0.0)
    radius = np.hypot(*X.T)
    np.testing.assert_allclose(radius[y == 0], 1.0)
    np.testing.assert_allclose(radius[y == 1], 0.8)
    assert y.sum() == 50


@pytest.mark.parametrize("make", [make_rings, make_spirals, make_xor])
def test_points_are_a_function_of_the_seed(make):
    """Equal seeds give equal points, other seeds others; the seed is 1 where none is given."""
    np.testing.assert_array_equal(make(random_state=3)[0], make(random_state=3)[0])
    assert not np.array_equal(make(random_state=3)[0], make(random_state=4)[0])
    np.testing.assert_array_equal(make()[0], make(random_state=1)[0])


@pytest.fixture
def mnist_file(tmp_path):
    rng = np.random.default_rng(0)
    arrays = {
        "X_train": rng.integers(0, 256, (6, 784), dtype=np.uint8),
        "y_train": np.arange(6, dtype=np.uint8),
        "X_test": np.full((2, 784), 255, dtype=np.uint8),
        "y_test": np.array([7, 8], dtype=np.uint8),
    }
    np.savez(tmp_path / "mnist.npz", **arrays)
    return tmp_path / "mnist.npz"


def test_mnist_is_scaled_to_the_unit_range(mnist_file):
    """0 to 255 becomes 0 to 1 in float32; labels become integers."""
    X_train, y_train, X_test, y_test = load_mnist(mnist_file)
    assert X_train.dtype == X_test.dtype == np.float32
    assert X_train.min() >= 0
    np.testing.assert_array_equal(X_test, 1.0)
    assert y_train.tolist() == [0, 1, 2, 3, 4, 5]
    assert y_test.tolist() == [7, 8]


def test_mnist_is_found_by_folder_and_by_environment(mnist_file, monkeypatch):
    """A folder holds it as mnist.npz; SKLINIT_DATA stands for a path that is not given."""
    by_file = load_mnist(mnist_file)
    monkeypatch.setenv("SKLINIT_DATA", str(mnist_file.parent))
    for other in (load_mnist(mnist_file.parent), load_mnist()):
        np.testing.assert_array_equal(other[0], by_file[0])
    np.testing.assert_array_equal(load_dataset("mnist")[0], by_file[0])


def test_a_missing_mnist_file_is_named(tmp_path):
    """The path that was tried is in the message."""
    with pytest.raises(FileNotFoundError, match=r"no file .*mnist\.npz"):
        load_mnist(tmp_path)


def test_an_incomplete_mnist_file_says_what_it_lacks(tmp_path):
    """Missing arrays are listed."""
    np.savez(tmp_path / "half.npz", X_train=np.zeros((1, 784)), y_train=np.zeros(1))
    with pytest.raises(ValueError, match="lacks the arrays 'X_test', 'y_test'"):
        load_mnist(tmp_path / "half.npz")


def test_mnist_is_split_as_published_after_a_download(monkeypatch):
    """The first 60,000 of OpenML's 70,000 images are the training part."""
    X = np.zeros((60_002, 1), dtype=np.uint8)
    X[-2:] = 255

    def fetch(name, as_frame, **options):
        assert name == "mnist_784"
        return pd.DataFrame(X) if as_frame else X, np.full(len(X), "3")

    monkeypatch.delenv("SKLINIT_DATA", raising=False)
    monkeypatch.setattr("sklinit.datasets._images.fetch_openml", fetch)
    X_train, y_train, X_test, _ = load_mnist()
    assert (len(X_train), len(X_test)) == (60_000, 2)
    assert (X_train.max(), X_test.min(), y_train[0]) == (0.0, 1.0, 3)


def test_a_failed_download_says_what_to_do(monkeypatch):
    """Without a network the message names the file to give."""

    def fetch(*args, **options):
        raise OSError("no route to host")

    monkeypatch.delenv("SKLINIT_DATA", raising=False)
    monkeypatch.setattr("sklinit.datasets._images.fetch_openml", fetch)
    with pytest.raises(OSError, match=r"could not be downloaded \(no route.*SKLINIT_DATA"):
        load_mnist()


def test_cats_are_not_to_be_downloaded(monkeypatch):
    """Where there is no file the message says that one must be given."""
    monkeypatch.delenv("SKLINIT_DATA", raising=False)
    with pytest.raises(FileNotFoundError, match=r"cats cannot be downloaded\..*SKLINIT_DATA"):
        load_cats()


def images(path, n_values):
    rows = {"X_train": np.full((3, n_values), 255, np.uint8), "y_train": np.array([1, 0, 1])}
    np.savez(path, **rows, X_test=rows["X_train"][:1], y_test=rows["y_train"][:1])


def test_a_folder_may_hold_every_set_of_images(tmp_path, monkeypatch):
    """Each is found by the beginning of its name, whatever follows."""
    images(tmp_path / "mnist.npz", 784)
    images(tmp_path / "cifar10_small.npz", 3072)
    images(tmp_path / "cats.npz", 12288)
    monkeypatch.setenv("SKLINIT_DATA", str(tmp_path))
    loaded = [load()[0].shape for load in (load_mnist, load_cifar10, load_cats)]
    assert loaded == [(3, 784), (3, 3072), (3, 12288)]


def test_two_files_for_one_set_are_ambiguous(tmp_path):
    """Both are named."""
    for name in ("cifar10_a.npz", "cifar10_b.npz"):
        images(tmp_path / name, 3072)
    with pytest.raises(ValueError, match=r"several files .*'cifar10_a\.npz', 'cifar10_b\.npz'"):
        load_cifar10(tmp_path)


def test_images_of_another_set_are_refused(tmp_path):
    """A file of MNIST is no file of CIFAR-10; the sizes tell."""
    images(tmp_path / "digits.npz", 784)
    with pytest.raises(ValueError, match=r"CIFAR-10: images must have 3072 .*Got .*\(3, 784\)"):
        load_cifar10(tmp_path / "digits.npz")


def test_spirals_wind_evenly_around_the_centre():
    """Without noise the angle grows with the radius, and class k is turned by k / K."""
    X, y = make_spirals(300, n_classes=3, turns=1.5, noise=0.0)
    radius, angle = np.hypot(*X.T), np.arctan2(X[:, 1], X[:, 0])
    expected = 2 * np.pi * (1.5 * radius + y / 3)
    np.testing.assert_allclose(np.cos(angle - expected), 1.0)
    assert np.bincount(y).tolist() == [100, 100, 100]
    assert radius.max() <= 1


def test_xor_is_the_product_of_signs():
    """Without noise the class says whether the coordinates' signs differ; corners are equal."""
    X, y = make_xor(400, noise=0.0)
    np.testing.assert_array_equal(X[:, 0] * X[:, 1], 1.0 - 2 * y)
    assert np.unique(X, axis=0, return_counts=True)[1].tolist() == [100] * 4


@pytest.mark.parametrize("halves", [False, True])
def test_patches_are_cut_out_of_their_photograph(halves):
    """A patch as high as the photographs is a piece of one of them; halves lie left and right."""
    photographs = np.stack(load_sample_images().images) / 255
    X, y = make_patches(8, size=427, halves=halves, random_state=0)
    for patch, label in zip(X.reshape(8, 427, 427, 3), y, strict=True):
        whole, half = photographs[label // 2 if halves else label], label % 2
        distances = [np.abs(patch[0] - whole[0, i : i + 427]).max() for i in range(214)]
        place = int(np.argmin(distances))
        np.testing.assert_allclose(patch, whole[:, place : place + 427], atol=1e-6)
        assert not halves or (place >= 107) == half


@pytest.mark.parametrize(
    ("make", "parameters", "message"),
    [
        (make_spirals, {"n_classes": 1}, "'n_classes' parameter of make_spirals .* at least 2"),
        (make_spirals, {"n_samples": 1}, "'n_samples' parameter of make_spirals .* at least 2"),
        (make_spirals, {"turns": -1.0}, "'turns' parameter of make_spirals"),
        (make_patches, {"n_samples": 1}, "'n_samples' parameter of make_patches .* at least 2"),
        (make_patches, {"size": 428}, "'size' parameter of make_patches must be .* most 427"),
        (make_xor, {"n_samples": 3}, "'n_samples' parameter of make_xor .* at least 4"),
        (make_xor, {"noise": -0.1}, "'noise' parameter of make_xor"),
        (make_xor, {"random_state": "one"}, "'random_state' parameter of make_xor"),
        (make_spirals, {"random_state": -1}, "'random_state' parameter of make_spirals"),
        (make_patches, {"random_state": "one"}, "'random_state' parameter of make_patches"),
    ],
)
def test_a_wrong_parameter_is_named(make, parameters, message):
    """The message names the parameter and what it must be."""
    with pytest.raises(ValueError, match=message):
        make(**parameters)


TABLE = """id,length,colour,flag,empty,when,kind
1,1.5,red,True,,2024-01-01,a
2,,blue,False,,2024-01-02,b
3,2.5,,True,,,a
4,0.5,red,,,2024-01-04,b
"""


@pytest.fixture
def csv(tmp_path):
    path = tmp_path / "table.csv"
    path.write_text(TABLE)
    return path


def test_a_csv_file_becomes_features_and_labels(csv):
    """Numbers are float64, dates are times, all else is text; a missing value is nan in all."""
    X, y = load_csv(csv, "kind")
    assert y.tolist() == ["a", "b", "a", "b"]
    assert X.columns.tolist() == ["id", "length", "colour", "flag", "empty", "when"]
    assert [dtype.kind for dtype in X.dtypes] == list("ffOOfM")
    assert X["when"].isna().tolist() == [False, False, True, False]
    assert X["colour"].tolist() == ["red", "blue", pytest.approx(np.nan, nan_ok=True), "red"]
    assert X["flag"].tolist()[:3] == ["True", "False", "True"]


def test_whole_numbers_are_labels_and_fractions_are_not(csv):
    """An integer column can be a target; one with fractions is a regression."""
    _, y = load_csv(csv, "id")
    assert y.dtype == np.int64
    with pytest.raises(ValueError, match=r"'length' holds numbers with fractions, such as 1\.5"):
        with pytest.warns(UserWarning, match="1 of 4"):
            load_csv(csv, "length")


@pytest.mark.parametrize("label", ["1e300", "9223372036854775808", "inf"])
def test_labels_beyond_64_bits_are_refused(label):
    """They would all become the same integer."""
    with pytest.raises(ValueError, match="'kind' holds numbers beyond 64 bits"):
        load_csv(io.StringIO(f"length,kind\n1.5,3\n2.5,{label}\n"), "kind")


def test_truth_values_are_labels(tmp_path):
    """A column of True and False makes two classes, and as a feature it is 0 and 1."""
    path = tmp_path / "truth.csv"
    path.write_text("a,b\nTrue,False\nFalse,True\n")
    X, y = load_csv(path, "a")
    assert y.tolist() == ["True", "False"]
    assert X["b"].tolist() == [0.0, 1.0]


def test_rows_without_a_label_are_left_out_with_a_warning(csv):
    """Nothing can be learned from them; the warning counts them."""
    with pytest.warns(UserWarning, match="without a value of 'colour' are left out: 1 of 4"):
        X, y = load_csv(csv, "colour")
    assert y.tolist() == ["red", "blue", "red"]
    assert X.index.tolist() == [0, 1, 2]


def test_an_unknown_target_names_the_columns(csv):
    """All columns, and the nearest one."""
    with pytest.raises(ValueError, match=r"no column 'knd' among 'id', .*'kind'\. Did you mean"):
        load_csv(csv, "knd")


def test_a_table_without_features_is_refused(tmp_path):
    """The target alone is nothing to learn from."""
    path = tmp_path / "one.csv"
    path.write_text("a\n1\n2\n")
    with pytest.raises(ValueError, match="no column beside the target 'a'"):
        load_csv(path, "a")


@pytest.mark.parametrize("content", [b"", b"a,b\n1,2,3\n4,5,6,7\n", b"a,b\n\xff\xfe,1\n"])
def test_what_is_no_table_is_refused_with_its_name(tmp_path, content):
    """An empty, a ragged and a binary file."""
    path = tmp_path / "broken.csv"
    path.write_bytes(content)
    with pytest.raises(ValueError, match=r"broken\.csv' cannot be read as a CSV file"):
        load_csv(path, "a")


def test_a_missing_csv_file_is_named(tmp_path):
    """pandas' message names the path."""
    with pytest.raises(FileNotFoundError, match=r"nothing\.csv"):
        load_csv(tmp_path / "nothing.csv", "a")


@pytest.mark.parametrize(
    "written",
    [
        ["2024-12-30", "", "2025-01-02"],
        ["2024-12-30 00:00:00", "", "2025-01-02T00:00"],
        ["2024-12-30T02:00+02:00", "", "2025-01-01T23:00-01:00"],
    ],
)
def test_dates_count_as_days(written):
    """However a date is written, three days apart is as good as the numbers 0 and 3."""
    rows = "\n".join(f"{when},{kind}" for when, kind in zip(written, "aba", strict=True))
    X, _ = load_csv(io.StringIO(f"when,kind\n{rows}\n"), "kind")
    assert X["when"].tolist()[::2] == [pd.Timestamp("2024-12-30"), pd.Timestamp("2025-01-02")]
    days = table_preprocessor().fit_transform(X)
    numbers = table_preprocessor().fit_transform(pd.DataFrame({"when": [0.0, np.nan, 3.0]}))
    np.testing.assert_allclose(days, numbers, atol=1e-12)


def test_dates_of_a_time_zone_are_read_in_utc():
    """The same moments give the same features in every zone."""
    here = pd.Series(pd.to_datetime(["2024-12-30", "2024-12-31", "2025-03-31"]))
    zones = [here.dt.tz_localize("UTC"), here.dt.tz_localize("UTC").dt.tz_convert("Asia/Tokyo")]
    fits = [table_preprocessor().fit_transform(pd.DataFrame({"t": t})) for t in (here, *zones)]
    np.testing.assert_array_equal(fits[0], fits[1])
    np.testing.assert_array_equal(fits[0], fits[2])


@pytest.mark.parametrize("odd", ["soon", "2024-02-30", "2024-12-30 in Rome", "30.12.2024"])
def test_a_column_with_anything_but_dates_is_text(odd):
    """One value that is no date makes the column text."""
    X, _ = load_csv(io.StringIO(f"when,kind\n2024-12-30,a\n{odd},b\n"), "kind")
    assert X["when"].tolist() == ["2024-12-30", odd]


@pytest.mark.parametrize("drop", ["id", ["id"], ["id", "colour"]])
def test_columns_can_be_left_out(csv, drop):
    """What is left is the table without them."""
    X, y = load_csv(csv, "kind", drop=drop)
    whole, labels = load_csv(csv, "kind")
    pd.testing.assert_frame_equal(X, whole.drop(columns=drop))
    assert y.tolist() == labels.tolist()


@pytest.mark.parametrize(
    ("drop", "message"),
    [
        ("colr", "no column 'colr' among .*Did you mean 'colour'"),
        ("kind", "'kind' cannot be the target and be left out"),
    ],
)
def test_a_column_that_cannot_be_left_out_is_named(csv, drop, message):
    """A name that is not there, and the target."""
    with pytest.raises(ValueError, match=message):
        load_csv(csv, "kind", drop=drop)


def test_the_preprocessor_leaves_no_gap_and_no_text(csv):
    """Numbers and dates get mean 0, and the median for a gap; text gets 0/1 columns."""
    X, _ = load_csv(csv, "kind")
    Z = table_preprocessor().fit_transform(X)
    assert Z.dtype == np.float64
    assert np.isfinite(Z).all()
    np.testing.assert_allclose(Z[:, :4].mean(axis=0), 0, atol=1e-12)
    assert set(np.unique(Z[:, 4:])) == {0.0, 1.0}
    assert Z[1, 1] == pytest.approx(0.0), "the median of 0.5, 1.5 and 2.5 is their mean"


def test_the_preprocessor_learns_from_the_training_rows_alone():
    """A value seen first in validation is one of the others, and does not move the scale."""
    train = pd.DataFrame({"a": [0.0, 2.0], "b": np.array(["x", "y"], dtype=object)})
    new = pd.DataFrame({"a": [5.0], "b": np.array(["z"], dtype=object)})
    preprocessor = table_preprocessor().fit(train)
    np.testing.assert_allclose(preprocessor.transform(new), [[4.0, 0.0, 0.0]])


def test_a_column_of_names_makes_a_bounded_number_of_features():
    """Unique text, such as an identifier, gives 20 frequent values and one for the others."""
    table = pd.DataFrame({"name": np.array([f"n{i}" for i in range(500)], dtype=object)})
    assert table_preprocessor().fit_transform(table).shape == (500, 21)


def test_a_text_column_that_is_empty_in_training_is_kept():
    """Folds of a small table may hold no value of a column at all."""
    train = pd.DataFrame({"a": [1.0, 2.0], "b": np.array([np.nan, np.nan], dtype=object)})
    assert np.isfinite(table_preprocessor().fit(train).transform(train)).all()
