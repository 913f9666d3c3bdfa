"""The files under deploy/ against their schemas, and against the rules of the house."""

import json
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from triptych.cli.server import SETTINGS

DEPLOY = Path(__file__).parents[2] / "deploy"
BASE = DEPLOY / "kubernetes" / "base"
PRODUCTION = DEPLOY / "kubernetes" / "overlays" / "production"


def variables(name: str) -> dict[str, str]:
    lines = (DEPLOY / name).read_text().splitlines()
    pairs = [line.partition("=") for line in lines if line and not line.startswith("#")]
    return {key: value for key, _, value in pairs}


# --- settings


def test_a_team_has_every_setting_that_the_local_server_has() -> None:
    assert set(SETTINGS.items()) <= set(variables("settings/server.env").items())


def test_every_setting_is_known_to_prefect() -> None:
    from prefect.settings.legacy import _get_settings_fields
    from prefect.settings.models.root import Settings

    known = _get_settings_fields(Settings)
    own = re.compile(r"TRIPTYCH_|AWS_|DO_NOT_TRACK|PREFECT_REDIS_")
    asked = variables("settings/server.env") | variables("settings/worker.env")
    assert [name for name in asked if name not in known and not own.match(name)] == []


@pytest.mark.parametrize("name", ["env.example", "providers.env.example"])
def test_examples_hold_no_secret_but_an_example(name: str) -> None:
    for key, value in variables(name).items():
        assert not value or key in ("AWS_ENDPOINT_URL", "TRIPTYCH_SITE")


# --- docker


def dockerfile() -> list[str]:
    text = (DEPLOY / "Dockerfile").read_text().replace("\\\n", " ")
    lines = [line.strip() for line in text.splitlines()]
    return [line for line in lines if line and not line.startswith("#")]


def last_stage() -> list[str]:
    lines = dockerfile()
    start = max(index for index, line in enumerate(lines) if line.startswith("FROM "))
    return lines[start:]


def test_the_image_has_stages_and_pinned_bases() -> None:
    bases = [line.split()[1] for line in dockerfile() if line.startswith("FROM ")]
    assert len(bases) == 2
    assert all(":" in base and not base.endswith(":latest") for base in bases)


def test_the_image_runs_as_a_number_that_is_not_root() -> None:
    users = [line.split()[1] for line in last_stage() if line.startswith("USER ")]
    assert users == ["10001:10001"]


def test_the_image_installs_what_was_locked_and_keeps_no_cache() -> None:
    text = "\n".join(dockerfile())
    assert "PIP_NO_CACHE_DIR=1" in text
    for found in re.findall(r"pip install (.*?)(?:&&|$)", text, re.MULTILINE):
        assert "--require-hashes" in found or "--no-deps" in found
    assert not re.search(r"\bADD\b|\bsudo\b|\bcurl\b", text)


def test_the_image_is_checked_and_started_without_a_shell() -> None:
    ends = [line for line in last_stage() if re.match(r"CMD|ENTRYPOINT|HEALTHCHECK", line)]
    assert len(ends) == 3
    assert all("[" in line for line in ends)


def test_everything_that_the_image_copies_exists_and_is_not_ignored() -> None:
    root = DEPLOY.parent
    ignored = (root / ".dockerignore").read_text().splitlines()
    for line in dockerfile():
        if line.startswith("COPY ") and "--from" not in line:
            for source in line.split()[1:-1]:
                assert (root / source).exists()
                assert f"!{source.split('/')[0]}" in ignored


# --- compose


def compose() -> dict[str, Any]:
    found = yaml.safe_load((DEPLOY / "compose.yaml").read_text())
    assert isinstance(found, dict)
    return {key: value for key, value in found.items() if not key.startswith("x-")}


def test_compose_is_valid_by_its_specification() -> None:
    from compose_spec.models import ComposeSpecification

    ComposeSpecification.model_validate(compose())


def test_the_specification_bites() -> None:
    from compose_spec.models import ComposeSpecification
    from pydantic import ValidationError

    broken = compose()
    broken["services"]["worker"]["read_only"] = ["perhaps"]
    with pytest.raises(ValidationError):
        ComposeSpecification.model_validate(broken)


def ours() -> Iterator[tuple[str, dict[str, Any]]]:
    for name, service in compose()["services"].items():
        if str(service.get("image", "")).startswith("triptych"):
            yield name, service


def test_compose_has_every_part_of_the_topology() -> None:
    parts = {"postgres", "redis", "migrate", "api-1", "api-2", "services", "proxy"}
    assert parts | {"objects", "worker"} <= set(compose()["services"])


def test_our_containers_have_a_read_only_root_and_no_privileges() -> None:
    for name, service in ours():
        assert service["read_only"], name
        assert service["user"] == "10001:10001", name
        assert service["cap_drop"] == ["ALL"], name


def test_every_image_from_elsewhere_is_pinned() -> None:
    for name, service in compose()["services"].items():
        image = service["image"]
        if not image.startswith("triptych"):
            assert re.search(r":.+$", image), name
            assert not image.endswith(":latest"), name


def test_only_the_proxy_is_reached_from_outside() -> None:
    services = compose()["services"]
    assert [name for name, service in services.items() if "ports" in service] == ["proxy"]


def test_the_files_and_services_that_compose_names_exist() -> None:
    found = compose()
    for service in found["services"].values():
        for entry in service.get("env_file", ()):
            path = entry if isinstance(entry, str) else entry["path"]
            optional = isinstance(entry, dict) and not entry.get("required", True)
            assert optional or (DEPLOY / path).is_file()
        assert set(service.get("depends_on", ())) <= set(found["services"])
        for volume in service.get("volumes", ()):
            source = volume.split(":")[0]
            assert source in found["volumes"] or (DEPLOY / source).exists()


def test_every_secret_that_compose_asks_for_is_in_the_example() -> None:
    asked = set(re.findall(r"\$\{([A-Z_]+)", (DEPLOY / "compose.yaml").read_text()))
    assert asked <= set(variables("env.example"))


# --- kubernetes


def manifests() -> Iterator[tuple[str, dict[str, Any]]]:
    paths = [*sorted(BASE.glob("*.yaml")), PRODUCTION / "ingress.yaml"]
    for path in paths:
        if path.name != "kustomization.yaml":
            for document in yaml.safe_load_all(path.read_text()):
                yield f"{path.name}:{document['kind']}", document


@pytest.mark.parametrize("name", [name for name, _ in manifests()])
def test_a_manifest_is_valid_and_has_no_unknown_key(name: str) -> None:
    import kubernetes_validate

    version = kubernetes_validate.latest_version()
    for manifest in (found for known, found in manifests() if known == name):
        kubernetes_validate.validate(manifest, version, strict=True)


def test_the_schema_bites() -> None:
    import kubernetes_validate

    (broken,) = [m for name, m in manifests() if name == "services.yaml:Deployment"]
    broken["spec"]["replica"] = 2
    with pytest.raises(kubernetes_validate.ValidationError):
        kubernetes_validate.validate(
            broken, kubernetes_validate.latest_version(), strict=True
        )


def pods() -> Iterator[tuple[str, dict[str, Any]]]:
    for name, manifest in manifests():
        spec = manifest.get("spec", {})
        if manifest["kind"] == "CronJob":
            spec = spec["jobTemplate"]["spec"]
        if "template" in spec:
            yield name, spec["template"]["spec"]


def test_every_pod_may_run_where_only_restricted_ones_may() -> None:
    for name, pod in pods():
        assert pod["securityContext"]["runAsNonRoot"], name
        assert pod["securityContext"]["seccompProfile"]["type"] == "RuntimeDefault", name
        (container,) = pod["containers"]
        rules = container["securityContext"]
        assert rules["readOnlyRootFilesystem"], name
        assert not rules["allowPrivilegeEscalation"], name
        assert rules["capabilities"]["drop"] == ["ALL"], name
        assert "memory" in container["resources"]["limits"], name


def test_the_base_lists_every_manifest_beside_it() -> None:
    listed = yaml.safe_load((BASE / "kustomization.yaml").read_text())["resources"]
    there = {path.name for path in BASE.glob("*.yaml")} - {"kustomization.yaml"}
    assert {name for name in listed if name.endswith(".yaml")} == there


# --- work pools


@pytest.mark.parametrize("name", ["docker", "kubernetes"])
def test_a_pools_template_uses_what_it_declares(name: str) -> None:
    template = json.loads((DEPLOY / "pools" / f"{name}.json").read_text())
    used = set(re.findall(r"\{\{ (\w+) \}\}", json.dumps(template["job_configuration"])))
    assert used == set(template["variables"]["properties"])


def test_the_job_of_the_kubernetes_pool_is_valid_when_it_is_filled_in() -> None:
    import kubernetes_validate

    template = json.loads((DEPLOY / "pools" / "kubernetes.json").read_text())
    rules = template["variables"]["properties"]
    job = template["job_configuration"]["job_manifest"]
    filled = {name: rule.get("default", "run") for name, rule in rules.items()}
    filled |= {"labels": {"a": "b"}, "command": ["python"], "env": []}

    def fill(value: Any) -> Any:
        if isinstance(value, dict):
            return {key: fill(item) for key, item in value.items()}
        if isinstance(value, list):
            return [fill(item) for item in value]
        if isinstance(value, str) and (found := re.fullmatch(r"\{\{ (\w+) \}\}", value)):
            return filled[found[1]]
        if isinstance(value, str):
            return re.sub(r"\{\{ (\w+) \}\}", lambda m: str(filled[m[1]]), value)
        return value

    kubernetes_validate.validate(
        fill(job), kubernetes_validate.latest_version(), strict=True
    )


# --- systemd


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="no systemd here")
def test_systemd_understands_every_unit(tmp_path: Path) -> None:
    for unit in (DEPLOY / "systemd").glob("*.service"):
        text = re.sub(r"/opt/triptych/bin/\w+", "/bin/true", unit.read_text())
        (tmp_path / unit.name).write_text(text)
    units = sorted(map(str, tmp_path.glob("*.service")))
    command = ["systemd-analyze", "verify", "--man=no", *units]
    said = subprocess.run(command, capture_output=True, text=True, check=False)
    ours = [line for line in said.stderr.splitlines() if "triptych" in line]
    assert ours == []


def test_units_run_as_nobody_in_particular_on_a_closed_disk() -> None:
    units = list((DEPLOY / "systemd").glob("*.service"))
    assert len(units) == 4
    for unit in units:
        text = unit.read_text()
        for rule in ("User=triptych", "ProtectSystem=strict", "NoNewPrivileges=yes"):
            assert rule in text, unit.name


# --- the proxy


@pytest.mark.skipif(not shutil.which("caddy"), reason="Caddy is not installed")
def test_the_proxys_configuration_is_valid(tmp_path: Path) -> None:
    config = ["--config", str(DEPLOY / "Caddyfile"), "--adapter", "caddyfile"]
    said = subprocess.run(
        ["caddy", "adapt", *config],
        capture_output=True,
        text=True,
        check=False,
        env={"HOME": str(tmp_path), "PATH": "/usr/bin:/bin"},
    )
    assert said.returncode == 0, said.stderr
