"""What a lock pins, and what the packages that it pins ask for."""

from collections.abc import Iterable, Iterator, Mapping
from importlib.metadata import Distribution
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

# One of each kind of machine that a universal lock is for.
ENVIRONMENTS: tuple[dict[str, str], ...] = tuple(
    {
        "python_version": version,
        "python_full_version": f"{version}.2",
        "implementation_version": f"{version}.2",
        "implementation_name": "cpython",
        "platform_python_implementation": "CPython",
        "sys_platform": system,
        "platform_system": platform,
        "platform_machine": machine,
        "platform_release": "",
        "platform_version": "",
        "os_name": os_name,
    }
    for version in ("3.11", "3.12")
    for system, platform, os_name, machine in (
        ("linux", "Linux", "posix", "x86_64"),
        ("linux", "Linux", "posix", "aarch64"),
        ("darwin", "Darwin", "posix", "arm64"),
    )
)


def pins_of(text: str) -> list[Requirement]:
    """Return the requirements of a lock's text; comments and checksums are left out."""
    lines = text.replace("\\\n", " ").splitlines()
    bare = [line.partition(" #")[0].partition("--hash")[0].strip() for line in lines]
    return [Requirement(line) for line in bare if line and not line.startswith("#")]


def installed_in(folder: Path) -> dict[str, list[Requirement]]:
    """Return name -> requirements of every distribution under a `site-packages`."""
    return {
        canonicalize_name(one.metadata["Name"]): [Requirement(text) for text in one.requires or ()]
        for one in Distribution.discover(path=[str(folder)])
    }


def unmet(pins: Iterable[Requirement], asked: Mapping[str, list[Requirement]]) -> Iterator[str]:
    """Yield each requirement of a pinned package that the pins do not hold exactly, with who asks for it.

    Args:
        pins: the lock.
        asked: name -> requirements, of the packages whose metadata is at hand; others are not looked at.
    """
    pins = list(pins)
    for environment in ENVIRONMENTS:
        here: dict[str, Requirement] = {
            canonicalize_name(pin.name): pin
            for pin in pins
            if pin.marker is None or pin.marker.evaluate({**environment, "extra": ""})
        }
        for name, pin in here.items():
            for wanted in asked.get(name, ()):
                if _applies(wanted, pin.extras, environment) and not _held(wanted, here):
                    yield f"{pin} asks for {wanted} on {environment['sys_platform']}"


def _applies(wanted: Requirement, extras: Iterable[str], environment: Mapping[str, str]) -> bool:
    if wanted.marker is None:
        return True
    return any(wanted.marker.evaluate({**environment, "extra": extra}) for extra in ("", *extras))


def _held(wanted: Requirement, pins: Mapping[str, Requirement]) -> bool:
    pin = pins.get(canonicalize_name(wanted.name))
    if pin is None or not wanted.extras <= pin.extras:
        return False
    exact = [one.version for one in pin.specifier if one.operator == "=="]
    return len(exact) == 1 and wanted.specifier.contains(exact[0], prereleases=True)
