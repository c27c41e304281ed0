"""The verifier names whatever was changed in a workspace or a bundle, alone and offline, and says what it cannot prove."""

import ast
import base64
import subprocess
import sys
from pathlib import Path
from random import Random

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from hypothesis import given
from hypothesis import strategies as st

from cathartes import verifier
from cathartes.verifier import Finding, judge, pack, signed_note, unpack
from tests.tampering import KINDS, Files, Tamper, changed, rewrite_with_the_key, workspace_in

TAMPERS_PER_KIND = 625


@pytest.fixture(scope="module")
def story(tmp_path_factory: pytest.TempPathFactory) -> tuple[Files, bytes, Files]:
    return workspace_in(tmp_path_factory.mktemp("story") / "workspace")


def items(files: Files, head: bytes | None = None) -> set[str]:
    return {finding.item.split(" ")[0] for finding in judge(files, head).broken}


def test_it_is_one_short_file_that_needs_nothing_of_ours() -> None:
    source = Path(verifier.__file__).read_text()
    imported = {name.name for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Import) for name in node.names}
    imported |= {str(node.module) for node in ast.walk(ast.parse(source)) if isinstance(node, ast.ImportFrom)}
    roots = {name.split(".")[0] for name in imported}
    assert len(source.splitlines()) <= 300
    assert roots - sys.stdlib_module_names == {"cryptography"}


def test_an_untouched_workspace_is_proved_from_one_earlier_head(story: tuple[Files, bytes, Files]) -> None:
    _, head, files = story
    report = judge(files, head)
    assert (report.broken, [finding.item for finding in report.unproved]) == ([], ["--key"])


@pytest.mark.parametrize("tamper", KINDS, ids=lambda tamper: str(tamper.__name__))
def test_every_random_change_is_named(story: tuple[Files, bytes, Files], tamper: Tamper) -> None:
    _, head, files = story
    chance = Random(tamper.__name__)
    tried = 0
    while tried < TAMPERS_PER_KIND:
        after = tamper(files, chance)
        touched = changed(files, after)
        if touched:
            tried += 1
            assert items(after, head) & touched, f"{tamper.__name__} number {tried} changed {touched} and was not named"


def test_every_single_byte_of_every_file_counts(story: tuple[Files, bytes, Files]) -> None:
    _, head, files = story
    for name, content in files.items():
        for place in range(0, len(content), max(1, len(content) // 300)):
            forged = content[:place] + bytes([content[place] ^ 0xFF]) + content[place + 1 :]
            assert name in items({**files, name: forged}, head), f"byte {place} of {name}"


def test_the_owner_of_the_key_cannot_rewrite_what_a_partner_holds(story: tuple[Files, bytes, Files]) -> None:
    _, head, files = story
    size = int(head.split(b"\n")[1])
    for seed in range(200):
        after = rewrite_with_the_key(files, Random(seed), before=size)
        if changed(files, after):
            assert "ledger.log" in items(after, head)


def test_going_back_to_an_earlier_state_is_seen_with_the_head_and_only_with_it(story: tuple[Files, bytes, Files]) -> None:
    early, head, _ = story
    assert judge(early).broken == []
    assert [finding.item for finding in judge(early).unproved] == ["--head", "--key"]
    assert [finding.english for finding in judge(early, head).broken] == [f"has 5 entries; --head signs {head.split()[1].decode()}"]


def test_a_head_of_another_ledger_proves_nothing(story: tuple[Files, bytes, Files], tmp_path: Path) -> None:
    other = workspace_in(tmp_path / "other")
    assert items(story[2], other[1]) == {"--head"}


def test_another_key_than_the_trusted_one_is_named(story: tuple[Files, bytes, Files], tmp_path: Path) -> None:
    other = workspace_in(tmp_path / "other")[2]
    assert judge(story[2], key=story[2]["public.pem"]).broken == []
    assert [finding.item for finding in judge(story[2], key=other["public.pem"]).broken] == ["head.txt"]


def test_a_head_or_a_key_that_is_empty_was_given_and_proves_nothing(story: tuple[Files, bytes, Files]) -> None:
    assert items(story[2], b"") == {"--head"}
    assert [finding.item for finding in judge(story[2], key=b"").broken] == ["--key"]


def test_entries_that_no_head_signs_yet_are_named(story: tuple[Files, bytes, Files]) -> None:
    _, head, files = story
    line = files["ledger.log"].split(b"\n")[3]
    assert "ledger.log" in items({**files, "ledger.log": files["ledger.log"] + line + b"\n"}, head)


def test_heads_are_signed_notes_as_other_programs_write_them() -> None:
    # The example of golang.org/x/mod/sumdb/note: key, text and signature.
    key = Ed25519PublicKey.from_public_bytes(base64.b64decode("ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW")[1:])
    signature = base64.b64decode("x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=")
    text = "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n"
    key.verify(signature[4:], text.encode())
    assert signed_note(key, "PeterNeumann\n", signature[4:]).decode().split()[-1].startswith("x08go/")


@pytest.mark.parametrize(
    "text", [b"", b"\n\n\n\n\n", b"cathartes/x\n1\n\n\n\n\n", "— x x\n".encode() * 6, b"\xff" * 99, b"x\n" + b"9" * 5000 + b"\n\n\n\n"]
)
def test_a_head_that_is_none_is_named(text: bytes) -> None:
    with pytest.raises(Finding, match="is not signed"):
        verifier.read_head("head.txt", text, Ed25519PrivateKey.generate().public_key())


@given(st.dictionaries(st.sampled_from(["index.html", "lead.pdf", "a", "ñ.txt"]), st.binary(max_size=50)), st.data())
def test_a_zip_with_any_byte_changed_is_refused(files: dict[str, bytes], data: st.DataObject) -> None:
    packed = pack(files)
    assert unpack("x.zip", packed) == files
    place = data.draw(st.integers(0, len(packed) - 1))
    with pytest.raises(Finding):
        unpack("x.zip", packed[:place] + bytes([packed[place] ^ data.draw(st.integers(1, 255))]) + packed[place + 1 :])


@given(st.binary(max_size=300))
def test_no_bytes_make_it_stumble(content: bytes) -> None:
    names = ("ledger.log", "head.txt", "public.pem", "cathartes.db")
    assert judge(dict.fromkeys(names, content)).broken
    assert judge(dict.fromkeys(("proof.json", "manifest.json", "public.pem"), content), content, content).broken
    with pytest.raises(Finding):
        unpack("x.zip", b"PK\x03\x04" + content)


def test_it_runs_alone(story: tuple[Files, bytes, Files], tmp_path: Path) -> None:
    for name, content in story[2].items():
        (tmp_path / "w" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "w" / name).write_bytes(content)
    (tmp_path / "head.txt").write_bytes(story[1])
    (tmp_path / "verifier.py").write_bytes(Path(verifier.__file__).read_bytes())

    def run(*arguments: str) -> tuple[int, str]:
        done = subprocess.run([sys.executable, "-I", "verifier.py", *arguments], cwd=tmp_path, capture_output=True, text=True, check=False)
        assert "Traceback" not in done.stderr
        return done.returncode, done.stdout + done.stderr

    assert run("w", "--head", "head.txt", "--key", "w/public.pem")[0] == 0
    (tmp_path / "w/products/flight-1/lead-1.html").write_bytes(b"forged")
    code, said = run("w", "--head", "head.txt")
    assert code == 1
    assert "products/flight-1/lead-1.html does not have the SHA-256 that was recorded / no tiene" in said
    assert run("nowhere")[0] == 1
    assert run("head.txt")[0] == 1
