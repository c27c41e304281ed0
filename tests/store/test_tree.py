"""The Merkle tree against the reference tree of Certificate Transparency and against RFC 9162's own definitions."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cathartes.store.tree import Tree
from cathartes.verifier import leaf_hash, root_above, root_of, roots_above

# The eight leaves, roots and proofs of the reference tests of RFC 6962 (google/certificate-transparency, merkletree tests).
LEAVES = [
    leaf_hash(bytes.fromhex(leaf))
    for leaf in ("", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f")
]
ROOTS = [
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]
MIDDLE = "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0"


@pytest.mark.parametrize("size", range(1, 9))
def test_roots_are_those_of_the_reference_tree(size: int) -> None:
    assert root_of(LEAVES[:size]).hex() == ROOTS[size - 1]
    assert Tree(LEAVES).root(size).hex() == ROOTS[size - 1]


def test_the_empty_tree_has_the_hash_of_nothing() -> None:
    empty = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    assert Tree().root(0).hex() == root_of([]).hex() == empty


def test_proofs_are_those_of_the_reference_tree() -> None:
    tree = Tree(LEAVES)
    inclusion = ["bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b", MIDDLE, ROOTS[3]]
    assert [step.hex() for step in tree.inclusion(5, 8)] == inclusion
    consistency = ["0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a", MIDDLE, ROOTS[3]]
    assert [step.hex() for step in tree.consistency(6, 8)] == consistency


sizes = st.integers(1, 70)


@given(size=sizes, data=st.data())
def test_every_entry_is_proved_and_no_other_in_its_place(size: int, data: st.DataObject) -> None:
    index, other = data.draw(st.integers(0, size - 1)), data.draw(st.integers(0, size - 1))
    leaves = [leaf_hash(bytes([place])) for place in range(size)]
    tree = Tree(leaves)
    path = tree.inclusion(index, size)
    assert root_above(leaves[index], index, size, path) == root_of(leaves)
    if other != index:
        assert root_above(leaves[other], index, size, path) != root_of(leaves)


@given(size=sizes, data=st.data())
def test_every_earlier_tree_is_proved_to_be_the_beginning(size: int, data: st.DataObject) -> None:
    old_size = data.draw(st.integers(1, size))
    leaves = [leaf_hash(bytes([place])) for place in range(size)]
    path = Tree(leaves).consistency(old_size, size)
    assert roots_above(old_size, root_of(leaves[:old_size]), size, path) == (root_of(leaves[:old_size]), root_of(leaves))


@given(size=st.integers(2, 70), data=st.data())
def test_a_changed_old_tree_has_no_proof(size: int, data: st.DataObject) -> None:
    old_size = data.draw(st.integers(1, size - 1))
    leaves = [leaf_hash(bytes([place])) for place in range(size)]
    path = Tree(leaves).consistency(old_size, size)
    forged = root_of([leaf_hash(b"forged"), *leaves[1:old_size]])
    assert roots_above(old_size, forged, size, path) != (forged, root_of(leaves))


@given(size=sizes, data=st.data())
def test_a_path_of_the_wrong_length_never_fits(size: int, data: st.DataObject) -> None:
    index, old_size = data.draw(st.integers(0, size - 1)), data.draw(st.integers(1, size))
    tree = Tree(leaf_hash(bytes([place])) for place in range(size))
    for path in (tree.inclusion(index, size)[1:], [*tree.inclusion(index, size), LEAVES[0]]):
        if len(path) != len(tree.inclusion(index, size)):
            with pytest.raises((LookupError, ValueError)):
                root_above(LEAVES[0], index, size, path)
    with pytest.raises((LookupError, ValueError)):
        roots_above(old_size, tree.root(old_size), size, [*tree.consistency(old_size, size), LEAVES[0]])


@pytest.mark.parametrize(("index", "size"), [(-1, 4), (4, 4), (7, 1)])
def test_an_index_outside_the_tree_has_no_path(index: int, size: int) -> None:
    for length in range(5):
        with pytest.raises((LookupError, ValueError)):
            root_above(LEAVES[0], index, size, [LEAVES[1]] * length)
