"""axe-core on a page: what it finds against people who cannot see, point or tell colours apart."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import Page

SCRIPT = Path(__file__).parents[2] / "clients" / "node_modules" / "axe-core" / "axe.min.js"
GRAVE = ("serious", "critical")
WIDTHS = (375, 1280, 2560)
THEMES = ("light", "dark")


def grave_findings(page: Page) -> list[str]:
    """Return rule and elements of each serious or critical finding on a page as it stands."""
    page.evaluate(SCRIPT.read_text())
    found = page.evaluate("() => axe.run(document, {resultTypes: ['violations']})")
    return [
        f"{one['id']}: {node['target']} {node['failureSummary']}"
        for one in found["violations"]
        if one["impact"] in GRAVE
        for node in one["nodes"]
    ]


def findings_everywhere(page: Page) -> dict[str, list[str]]:
    """Return the grave findings of a page by width and theme, and what makes it wider than its window."""
    found = {}
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        for theme in THEMES:
            page.evaluate("theme => { document.documentElement.dataset.theme = theme }", theme)
            wide = page.evaluate("document.documentElement.scrollWidth")
            too_wide = [f"{wide} px wide"] if wide > width else []
            found[f"{width} {theme}"] = grave_findings(page) + too_wide
    return {where: findings for where, findings in found.items() if findings}
