"""The application: what is opened for which roles, in which order, and closed again in the other."""

from __future__ import annotations

from pathlib import Path

from aiohttp import web

from server.api.people.now import from_history
from server.api.settled import reading_resource
from server.door.access import PROXIES, origins_middleware
from server.door.bearers import bearers_resource
from server.door.descriptors import descriptors_resource
from server.door.malformed import answer_malformed
from server.door.rates import ALLOWANCES, QUESTIONS, questions_middleware, rates_resource
from server.ingest.intake import intake_resource
from server.ingest.lane import lay_lanes
from server.ingest.robot_rules import robot_rules_resource
from server.jobs.owed.reporter import owed_resource
from server.jobs.scheduler import jobs_resource
from server.live.broadcast import broadcast_resource, end_connections
from server.live.feed import feed_resource
from server.live.people import FROM_HISTORY
from server.metrics import METRICS, Metrics, metrics_middleware
from server.platforms.resource import APPS, platforms_resource, read_apps
from server.problems import problems_middleware
from server.resources.countries import COUNTRIES, Countries, countries_resource
from server.resources.exports import EXPORTS, Exports, exports_resource
from server.resources.history import HISTORY, History, history_resource
from server.resources.kept import KEPT, Kept
from server.resources.public_keys import public_keys_resource
from server.resources.redis_client import SETTINGS, redis_resource
from server.resources.revocable.api_keys import api_keys_resource
from server.resources.revocable.year_links import year_links_resource
from server.resources.sharing.pictures import pictures_resource
from server.routes import routes_of
from server.upkeep.lag import lag_resource
from server.upkeep.pressure import pressure_resource
from server.upkeep.ticker import ticker_resource
from server.upkeep.watch import watch_resource
from server.webhooks.dispatcher import dispatcher_resource
from server.webhooks.known import webhooks_resource
from streakline.door.allowances import Allowances
from streakline.door.visitors import Proxies
from streakline.ingest.events import MAX_BYTES
from streakline.settings import VARIABLES, BadSetting, Settings


def init_app(settings: Settings) -> web.Application:
    """Return the application of a process with the roles of the settings.

    Raises:
        BadSetting: if the file of countries cannot be used, or that of the applications at other platforms.
    """
    app = web.Application(
        middlewares=[metrics_middleware, origins_middleware, problems_middleware],
        client_max_size=MAX_BYTES,
    )
    app[SETTINGS] = settings
    _add_countries(app, settings)
    answer_malformed()
    lay_lanes()
    app[METRICS] = Metrics()
    app.add_routes(routes_of(settings.roles))
    app.cleanup_ctx.append(redis_resource)
    app.cleanup_ctx.append(pressure_resource)
    app.cleanup_ctx.append(watch_resource)
    if {"ingest", "live", "api"} & set(settings.roles):
        app.cleanup_ctx.append(api_keys_resource)
        app.cleanup_ctx.append(public_keys_resource)
        app.cleanup_ctx.append(bearers_resource)
    app.cleanup_ctx.append(descriptors_resource)
    app.cleanup_ctx.append(lag_resource)
    app[PROXIES] = Proxies(settings.trusted_proxies)
    if settings.read_rate:
        app.middlewares.append(questions_middleware)
        app[QUESTIONS] = Allowances(settings.read_rate)
    if settings.writes:
        app[ALLOWANCES] = Allowances(settings.rate)
        app.cleanup_ctx.append(intake_resource)
        app.cleanup_ctx.append(robot_rules_resource)
    app.cleanup_ctx.append(rates_resource)
    if "ingest" in settings.roles:
        app.cleanup_ctx.append(ticker_resource)
    if {"live", "api"} & set(settings.roles):
        app.cleanup_ctx.append(feed_resource)
        app.cleanup_ctx.append(reading_resource)
    if {"api", "jobs", "live"} & set(settings.roles):
        app[KEPT] = Kept()
        app[HISTORY] = History(settings.history_url, app[METRICS].question)
        app.cleanup_ctx.append(history_resource)
    if "api" in settings.roles:
        app[EXPORTS] = Exports(settings.history_url, app[METRICS].question)
        app.cleanup_ctx.append(exports_resource)
        app.cleanup_ctx.append(pictures_resource)
        app.cleanup_ctx.append(year_links_resource)
    _add_jobs(app, settings)
    if "live" in settings.roles:
        app[FROM_HISTORY] = from_history(app)
        app.cleanup_ctx.append(broadcast_resource)
        app.on_shutdown.append(end_connections)
    return app


def _add_jobs(app: web.Application, settings: Settings) -> None:
    if {"api", "jobs"} & set(settings.roles):
        app.cleanup_ctx.append(webhooks_resource)
        app[APPS] = read_apps(settings)
        app.cleanup_ctx.append(platforms_resource)
    if "jobs" in settings.roles:
        app.cleanup_ctx.append(jobs_resource)
        app.cleanup_ctx.append(dispatcher_resource)
        app.cleanup_ctx.append(owed_resource)


def _add_countries(app: web.Application, settings: Settings) -> None:
    file = settings.country_file
    if not file or not settings.writes:
        return
    try:
        app[COUNTRIES] = Countries(Path(file))
    except ValueError as error:
        variable, takes = VARIABLES["country_file"]
        msg = f"{variable} is {file!r}: {error}; it takes {takes}, or nothing"
        raise BadSetting(msg) from error
    app.cleanup_ctx.append(countries_resource)
