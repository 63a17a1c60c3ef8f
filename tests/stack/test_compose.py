"""The production shape in docker-compose.yml names only what the code has."""

import importlib.metadata
import importlib.util
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import redis
import yaml
from redis.backoff import ConstantBackoff
from redis.retry import Retry

from proofs.running.parts import PartProcess
from server.routes import routes_of
from stack.process import Part
from stack.servers.ports import free_port
from stack.servers.redis_program import find_binary, version_of
from streakline.settings import VARIABLES, Settings
from streakline.streams.progress import FLOWS

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "docker-compose.yml").read_text()
COMPOSE: dict[str, Any] = yaml.safe_load(TEXT)
OURS = {name: one for name, one in COMPOSE["services"].items() if one.get("image") == "streakline:latest"}
# Read by the images of others, or by docker-compose itself.
FOREIGN = {
    "REDIS_PASSWORD",
    "REDIS_MAXMEMORY",
    "CLICKHOUSE_PASSWORD",
    "CLICKHOUSE_ANALYST_PASSWORD",
    "CLICKHOUSE_HISTORY_PASSWORD",
    "STREAKLINE_PUBLIC_PORT",
    "STREAKLINE_SUBNET",
}


def test_docker_compose_itself_accepts_the_file() -> None:
    program = shutil.which("docker-compose")
    if program is None:
        pytest.skip("docker-compose is not installed: `apt-get install docker-compose`")
    config = subprocess.run(
        [program, "-f", "docker-compose.yml", "config", "--quiet"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (config.returncode, config.stderr) == (0, "")


@pytest.mark.parametrize("name", sorted(OURS))
def test_every_command_names_a_module_of_the_code(name: str) -> None:
    python, dash_m, module, *arguments = OURS[name]["command"]
    assert (python, dash_m) == ("python", "-m")
    assert importlib.util.find_spec(module) is not None
    if module == "flows.run":
        assert arguments == [name]


def test_every_flow_and_every_role_has_a_service() -> None:
    flows = {one["command"][3] for one in OURS.values() if one["command"][2] == "flows.run"}
    assert flows == set(FLOWS)
    roles = {one["environment"]["STREAKLINE_ROLES"] for one in OURS.values() if one["command"][2] == "server"}
    assert roles == set(Settings().roles)


def mounts(name: str) -> dict[str, str]:
    """Return folder in the container -> volume."""
    pairs = (mount.split(":") for mount in COMPOSE["services"][name].get("volumes", []))
    return {folder: volume for volume, folder, *_ in pairs}


def test_what_a_process_keeps_outlives_its_container() -> None:
    image = (ROOT / "Dockerfile").read_text()
    kept = re.findall(r"STREAKLINE_DATA=(\S+)", image)[0]
    # An unnamed volume goes with its container.
    volumes = {name: mounts(name).get(kept) for name in ("ingest", "api", *FLOWS)}
    assert None not in volumes.values()
    assert len(set(volumes.values())) == len(volumes)
    assert set(volumes.values()) <= set(COMPOSE["volumes"])
    # Named volumes take their owner from the folder of the image.
    assert f"install -d -o streakline {kept}" in image


@pytest.mark.parametrize("writer", ["ingest", "api"])
def test_who_writes_looks_at_the_disk_that_redis_writes_to(writer: str) -> None:
    seen = OURS[writer]["environment"]["STREAKLINE_REDIS_FOLDER"]
    assert mounts(writer)[seen] == mounts("redis")["/data"]


@pytest.mark.parametrize("name", sorted(OURS))
def test_every_variable_is_a_setting_and_its_value_is_accepted(name: str) -> None:
    environment = {key: _defaulted(value) for key, value in OURS[name]["environment"].items()}
    assert set(environment) <= {variable for variable, _ in VARIABLES.values()}
    Settings.of(environment)


def test_the_defaults_here_are_the_settings_own() -> None:
    given = Settings.of({key: _defaulted(value) for key, value in OURS["content"]["environment"].items()})
    plain = Settings()
    for field in ("shards", "parts", "profile", "origins", "write_keys", "anonymous_writes", "port"):
        assert getattr(given, field) == getattr(plain, field), field


def test_every_variable_to_fill_in_is_in_the_example() -> None:
    asked = set(re.findall(r"\$\{([A-Z_]+)", TEXT))
    assert asked <= FOREIGN | {variable for variable, _ in VARIABLES.values()}
    shown = set(
        re.findall(r"^(?:# )?([A-Z_]+)=", (ROOT / "deploy" / "example.env").read_text(), re.MULTILINE)
    )
    assert asked == shown


def test_the_proxy_reaches_every_role_that_has_routes() -> None:
    proxy = (ROOT / "deploy" / "proxy.conf").read_text()
    passed = set(re.findall(r"proxy_pass http://([a-z]+);", proxy))
    # `resolve`: a container that is made anew has another address.
    targets = set(re.findall(r"server ([a-z]+):(\d+) resolve max_fails=0;\n    keepalive", proxy))
    assert (
        passed
        == set(re.findall(r"^upstream ([a-z]+) \{", proxy, re.MULTILINE))
        == {name for name, _ in targets}
    )
    everywhere = len(routes_of(()))
    with_routes = {role for role in Settings().roles if len(routes_of((role,))) > everywhere}
    assert targets == {(role, OURS[role]["environment"]["STREAKLINE_PORT"]) for role in with_routes}
    assert f":{proxy.split('listen ')[1].split(';')[0]}" in COMPOSE["services"]["proxy"]["ports"][0]


def test_the_servers_are_of_the_versions_that_the_tests_run() -> None:
    redis_, clickhouse_ = (COMPOSE["services"][name]["image"] for name in ("redis", "clickhouse"))
    major, minor, *_ = version_of(find_binary({})).numbers
    assert redis_ == f"valkey/valkey:{major}.{minor}-alpine"
    major, minor, *_ = map(int, importlib.metadata.version("chdb-core").split("."))
    assert clickhouse_ == f"clickhouse/clickhouse-server:{major}.{minor}"


def test_the_command_of_redis_is_taken_by_that_very_server(tmp_path: Path) -> None:
    service = COMPOSE["services"]["redis"]
    program, *options = [_defaulted(str(word)) for word in service["command"]]
    binary = find_binary({})
    assert program == binary.name
    options[options.index("--requirepass") + 1] = "of the test"  # the example's is empty
    port = free_port()
    place = ["--port", str(port), "--bind", "127.0.0.1", "--dir", str(tmp_path)]
    part = Part("redis", [str(binary), *options, *place], answers=(tmp_path / "appendonlydir").exists)
    process = PartProcess(part, tmp_path / "log")
    process.start()
    try:
        with redis.Redis(port=port, password="of the test", retry=Retry(ConstantBackoff(0.1), 100)) as client:
            kept = {
                "appendonly": "yes",
                "appendfsync": "always",
                "maxmemory-policy": "noeviction",
                "save": "",
            }
            assert {name: client.config_get(name)[name] for name in kept} == kept
            assert client.config_get("maxmemory")["maxmemory"] == str(4 << 30)
    finally:
        process.kill()
    [name] = service["environment"]
    assert (name, service["healthcheck"]["test"]) == ("VALKEYCLI_AUTH", ["CMD", "valkey-cli", "ping"])


def test_the_image_of_the_proxy_knows_what_its_file_asks_for() -> None:
    major, minor = re.findall(r"^nginx:(\d+)\.(\d+)", COMPOSE["services"]["proxy"]["image"])[0]
    assert (int(major), int(minor)) >= (1, 28), "`resolve` came with 1.27.3"


def test_the_proxy_is_in_the_network_that_is_trusted() -> None:
    [network] = COMPOSE["networks"]["default"]["ipam"]["config"]
    assert OURS["ingest"]["environment"]["STREAKLINE_TRUSTED_PROXIES"] == network["subnet"]
    assert "networks" not in COMPOSE["services"]["proxy"]


def _defaulted(value: str) -> str:
    """Return a value as docker-compose fills it in when nothing is set."""
    return re.sub(r"\$\{[A-Z_]+:-([^}]*)\}", r"\1", value)
