"""Requests that need more than they may have."""

from typing import Any

from argosy.gateways.tools.port import ChartFiles, File, HelmAnswer, HelmRequest, Tools

CHART_YAML = File("Chart.yaml", b"apiVersion: v2\nname: small\nversion: 1.0.0\n")


def small(template: str, **options: Any) -> HelmRequest:
    """A chart of one template."""
    chart = ChartFiles((CHART_YAML, File("templates/a.yaml", template.encode())))
    return HelmRequest(chart=chart, release_name="r", namespace="n", **options)


async def rendered(tools: Tools, request: HelmRequest) -> HelmAnswer:
    """Render a chart that lacks nothing."""
    outcome = await tools.helm(request)
    assert isinstance(outcome, HelmAnswer)
    return outcome


GOOD = small("kind: Good\n")
ENDLESS = small("{{ range until 10000 }}{{ range until 10000 }}{{ range until 10000 }}{{ end }}{{ end }}{{ end }}")
HUNGRY = small('{{ $x := repeat 1000000 "x" }}{{ range until 100000 }}{{ $x = printf "%s%s" $x $x }}{{ end }}')
CHATTY = small('{{ range until 2000 }}---\nkind: X\ntext: {{ repeat 1000 "x" }}\n{{ end }}')
