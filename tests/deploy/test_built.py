"""What the tools make of deploy/: the linter of Dockerfiles, and kustomize's output."""

import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

DEPLOY = Path(__file__).parents[2] / "deploy"
OVERLAY = Path("kubernetes/overlays/production")
BESIDE = Path(sys.executable).with_name("hadolint")  # where pip puts it
HADOLINT = str(BESIDE) if BESIDE.exists() else shutil.which("hadolint")
Manifests = list[dict[str, Any]]


def linted(text: str) -> str:
    """Return what hadolint says of a Dockerfile."""
    assert HADOLINT is not None
    done = subprocess.run(
        [HADOLINT, "--no-color", "-"],
        input=text,
        capture_output=True,
        text=True,
        check=False,
    )
    return done.stdout


@pytest.mark.skipif(HADOLINT is None, reason="hadolint is not installed")
def test_the_linter_has_nothing_to_say_of_the_image_and_would() -> None:
    text = (DEPLOY / "Dockerfile").read_text()
    assert linted(text) == ""
    worse = text.replace("USER 10001:10001", "USER root\nRUN cd /data && sudo true")
    said = linted(worse)
    assert all(rule in said for rule in ("DL3002", "DL3003", "DL3004"))


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Manifests:
    """Return every manifest of the production overlay, with secrets as people add them."""
    if not shutil.which("kubectl"):
        pytest.skip("kubectl is not installed: not measured")
    root = tmp_path_factory.mktemp("built") / "deploy"
    shutil.copytree(DEPLOY, root)
    (root / OVERLAY / "secrets").mkdir(exist_ok=True)
    for name in ("server.env", "worker.env"):
        (root / OVERLAY / "secrets" / name).write_text("A=b\n")
    command = ["kubectl", "kustomize", str(root / OVERLAY)]
    said = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    return list(yaml.safe_load_all(said))


def pods(built: Manifests) -> Iterator[dict[str, Any]]:
    for manifest in built:
        spec = manifest.get("spec", {})
        spec = spec.get("jobTemplate", {}).get("spec", spec)
        if "template" in spec:
            yield spec["template"]["spec"]


def test_the_overlay_changes_what_it_says(built: Manifests) -> None:
    (worker,) = [m for m in built if m["kind"] == "Deployment" and "worker" in str(m)]
    assert worker["spec"]["replicas"] == 4
    (container,) = worker["spec"]["template"]["spec"]["containers"]
    assert container["image"] == "registry.example.com/triptych:0.1.0"


def test_every_manifest_that_is_built_is_valid(built: Manifests) -> None:
    import kubernetes_validate

    version = kubernetes_validate.latest_version()
    for manifest in built:
        kubernetes_validate.validate(manifest, version, strict=True)
    assert {m["kind"] for m in built} >= {"Deployment", "Job", "CronJob", "Ingress"}


def test_what_pods_refer_to_is_built_beside_them(built: Manifests) -> None:
    there = {(m["kind"], m["metadata"]["name"]) for m in built}
    kinds = {"configMapRef": "ConfigMap", "secretRef": "Secret"}
    for pod in pods(built):
        (container,) = pod["containers"]
        for source in container["envFrom"]:
            ((ref, named),) = source.items()
            assert (kinds[ref], named["name"]) in there
        assert ("ServiceAccount", pod["serviceAccountName"]) in there


def test_services_and_policies_choose_pods_that_are_there(built: Manifests) -> None:
    labels = [m["spec"]["template"]["metadata"]["labels"] for m in built if _has_pods(m)]
    for manifest in built:
        spec = manifest.get("spec", {})
        chosen = {
            "Service": spec.get("selector"),
            "PodDisruptionBudget": spec.get("selector", {}).get("matchLabels"),
        }.get(manifest["kind"])
        if chosen:
            assert any(chosen.items() <= each.items() for each in labels), manifest


def _has_pods(manifest: dict[str, Any]) -> bool:
    return "labels" in manifest.get("spec", {}).get("template", {}).get("metadata", {})
