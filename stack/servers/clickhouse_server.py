"""The real ClickHouse out of the `chdb-core` wheel: its configuration, users and command line."""

import hashlib
import http.client
import os
import sys
from pathlib import Path
from textwrap import indent

from stack.process import Part
from stack.servers import analyst, history_user
from stack.servers.ports import LOOPBACK
from stack.servers.readers import DATABASE, Reader

MEGABYTE = 1 << 20
WRITER = "streakline"
# Executions of an expression before the engine compiles it, 3 by default: to compile costs more than a recount of some
# events gains by it. What is asked more often, as by an import of years, is still compiled.
COMPILED_AFTER = 100

# Paths are those of the working folder, run/: whole ones may hold what the engine reads as something else, like a
# backslash. `log-level`: the program is clickhouse-local, which ignores logger.level. The caches and pools are sized
# for a small machine: the defaults are those of a server with hundreds of gigabytes. The engine keeps what it has
# cached, so an idle stack costs what its caches may hold. `merge_selector_base`: merging is most of what a row costs
# here; with 5, the default, a row was merged two and a half times as often as with 10, and reads met fewer parts.
_CONFIG = """\
<clickhouse>
  <http_port>{port}</http_port>
  <listen_host>{host}</listen_host>
  <users_config>users.xml</users_config>
  <backups><allowed_path>../backups/</allowed_path></backups>
  <log-level>warning</log-level>
  <logger>
    <log>clickhouse.log</log><errorlog>clickhouse.err.log</errorlog>
    <size>20M</size><count>3</count>
  </logger>
  <query_log>
    <database>system</database><table>query_log</table>
    <flush_interval_milliseconds>10000</flush_interval_milliseconds>
    <ttl>event_date + INTERVAL 7 DAY</ttl>
  </query_log>
  <mark_cache_size>67108864</mark_cache_size>
  <index_mark_cache_size>16777216</index_mark_cache_size>
  <uncompressed_cache_size>0</uncompressed_cache_size>
  <index_uncompressed_cache_size>0</index_uncompressed_cache_size>
  <primary_index_cache_size>67108864</primary_index_cache_size>
  <mmap_cache_size>64</mmap_cache_size>
  <compiled_expression_cache_size>16777216</compiled_expression_cache_size>
  <query_cache><max_size_in_bytes>16777216</max_size_in_bytes></query_cache>
  <max_server_memory_usage>{memory}</max_server_memory_usage>
  <max_thread_pool_size>1000</max_thread_pool_size>
  <max_thread_pool_free_size>16</max_thread_pool_free_size>
  <background_pool_size>2</background_pool_size>
  <background_merges_mutations_concurrency_ratio>2</background_merges_mutations_concurrency_ratio>
  <background_schedule_pool_size>4</background_schedule_pool_size>
  <background_common_pool_size>2</background_common_pool_size>
  <background_fetches_pool_size>1</background_fetches_pool_size>
  <background_move_pool_size>1</background_move_pool_size>
  <background_message_broker_schedule_pool_size>1</background_message_broker_schedule_pool_size>
  <background_distributed_schedule_pool_size>1</background_distributed_schedule_pool_size>
  <background_buffer_flush_schedule_pool_size>1</background_buffer_flush_schedule_pool_size>
  <merge_tree>
    <merge_selector_base>8</merge_selector_base>
    <number_of_free_entries_in_pool_to_execute_mutation>1</number_of_free_entries_in_pool_to_execute_mutation>
    <number_of_free_entries_in_pool_to_lower_max_size_of_merge>1</number_of_free_entries_in_pool_to_lower_max_size_of_merge>
    <number_of_free_entries_in_pool_to_execute_optimize_entire_partition>1</number_of_free_entries_in_pool_to_execute_optimize_entire_partition>
  </merge_tree>
  <asynchronous_metrics_update_period_s>60</asynchronous_metrics_update_period_s>
  <asynchronous_heavy_metrics_update_period_s>600</asynchronous_heavy_metrics_update_period_s>
</clickhouse>
"""

# The engine runs its first statements as `default`, without a password, and the last of them runs as long as the
# server lives. That user may have one session, which is the engine's own: whoever connects without a name, or with
# this one, is refused whatever he asks. The rights are those that opening the listener and reading the fifo take,
# and the quota, which counts statements that read something, is that of these two. `embedded`: the engine's table
# function `Python` looks for variables of an interpreter that runs none of its threads, and the process dies.
_USERS = """\
<clickhouse>
  <profiles>
    <default>
      <min_count_to_compile_expression>{compiled_after}</min_count_to_compile_expression>
      <min_count_to_compile_aggregate_expression>{compiled_after}</min_count_to_compile_aggregate_expression>
      <min_count_to_compile_sort_description>{compiled_after}</min_count_to_compile_sort_description>
    </default>
    <engine><max_sessions_for_user>1</max_sessions_for_user></engine>
    <embedded>
      <allow_python_table_function>0</allow_python_table_function>
      <constraints><allow_python_table_function><readonly/></allow_python_table_function></constraints>
    </embedded>
{profiles}
  </profiles>
  <users>
    <default>
      <no_password/>
      <networks><ip>127.0.0.1</ip><ip>::1</ip></networks>
      <profile>engine</profile><quota>engine</quota>
      <grants>
        <query>GRANT SYSTEM LISTEN ON *.*</query>
        <query>GRANT READ ON FILE, CREATE TEMPORARY TABLE ON *.*</query>
      </grants>
    </default>
    <{writer}>
      <password_sha256_hex>{writer_password}</password_sha256_hex>
      <networks><ip>::/0</ip></networks>
      <profile>default</profile><quota>default</quota>
      <access_management>1</access_management>
    </{writer}>
{readers}
  </users>
  <quotas>
    <default><interval><duration>3600</duration><queries>0</queries></interval></default>
    <engine><interval><duration>{lifetime}</duration><queries>2</queries></interval></engine>
  </quotas>
</clickhouse>
"""


_PROFILE = """\
    <{name}>
      <profile>embedded</profile>
{settings}
    </{name}>"""
_READER = """\
    <{name}>
      <password_sha256_hex>{password}</password_sha256_hex>
      <networks><ip>::/0</ip></networks>
      <profile>{name}</profile><quota>default</quota>
      <grants>
{grants}
      </grants>
    </{name}>"""


def default_memory() -> int:
    """Return the engine's memory limit in bytes for this machine: a quarter of it, from 1 GB to 8 GB."""
    total = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    return min(max(total // 4, 1024 * MEGABYTE), 8192 * MEGABYTE)


def _sha256(password: str) -> str:
    return hashlib.sha256(password.encode()).hexdigest()


def _profile(reader: Reader) -> str:
    return _PROFILE.format(name=reader.name, settings=indent(reader.profile_xml(), 6 * " "))


def _reader(reader: Reader, password: str) -> str:
    grants = indent(reader.grants_xml(), 8 * " ")
    return _READER.format(name=reader.name, password=_sha256(password), grants=grants)


class ClickHouseServer:
    """Where an own ClickHouse lives and how it is started: folder, HTTP port, passwords of its users."""

    def __init__(
        self,
        folder: Path,
        *,
        port: int,
        password: str,
        analyst_password: str,
        history_password: str,
        memory: int | None = None,
    ) -> None:
        """Describe the server; the folder is made by `prepare`."""
        self.folder = folder.absolute()
        self.port = port
        self.password = password
        self.analyst_password = analyst_password
        self.history_password = history_password
        self.memory = default_memory() if memory is None else memory

    @property
    def url(self) -> str:
        """The address of the user with all rights, for `CLICKHOUSE_URL`."""
        return f"http://{WRITER}:{self.password}@{LOOPBACK}:{self.port}/{DATABASE}"

    @property
    def analyst_url(self) -> str:
        """The address of the read-only user of analysts."""
        return f"http://{analyst.ANALYST}:{self.analyst_password}@{LOOPBACK}:{self.port}/{DATABASE}"

    @property
    def history_url(self) -> str:
        """The address of the read-only user of the web server."""
        return f"http://{history_user.HISTORY}:{self.history_password}@{LOOPBACK}:{self.port}/{DATABASE}"

    def prepare(self) -> None:
        """Make the folder and write configuration and users, readable by the owner alone."""
        run = self.folder / "run"
        run.mkdir(parents=True, exist_ok=True, mode=0o700)
        (self.folder / "backups").mkdir(exist_ok=True, mode=0o700)
        self._write(
            run / "config.xml",
            _CONFIG.format(
                port=self.port,
                host=LOOPBACK,
                memory=self.memory,
            ),
        )
        self._write(
            run / "users.xml",
            _USERS.format(
                compiled_after=COMPILED_AFTER,
                lifetime=2_000_000_000,
                writer=WRITER,
                writer_password=_sha256(self.password),
                profiles="\n".join(map(_profile, (analyst.READER, history_user.READER))),
                readers="\n".join(
                    [
                        _reader(analyst.READER, self.analyst_password),
                        _reader(history_user.READER, self.history_password),
                    ]
                ),
            ),
        )

    def answers(self) -> bool:
        """Tell whether the listener answers; it opens when all tables are loaded."""
        connection = http.client.HTTPConnection(LOOPBACK, self.port, timeout=2)
        try:
            connection.request("GET", "/ping")
            return connection.getresponse().status == http.HTTPStatus.OK
        except (OSError, http.client.HTTPException):
            return False
        finally:
            connection.close()

    def part(self) -> Part:
        """Return the process to start. Call `prepare` first."""
        return Part(
            name="clickhouse",
            command=[sys.executable, "-m", "stack.servers.clickhouse_process", str(self.folder)],
            answers=self.answers,
            grace=25.0,
            patience=300.0,
        )

    @staticmethod
    def _write(path: Path, text: str) -> None:
        path.touch(mode=0o600)
        path.write_text(text)
