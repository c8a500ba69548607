"""What Prometheus and Grafana are given: metrics and rules that `promtool` takes, a dashboard of what is there alone.

The oracle of the dashboard and the rules is the text that a real node gives at /metrics: names of samples, and labels.
"""

import atexit
import collections
import json
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import time
import unittest
import urllib.request

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent.parent / "scripts"))

from admin import call  # noqa: E402
from cluster_lib import Cluster  # noqa: E402
from viewers import Viewer, ViewerTest, program, run  # noqa: E402

MONITORING = pathlib.Path(__file__).resolve().parent.parent.parent / "configs" / "monitoring"
# What Prometheus itself knows of whom it asks.
OWN = {"up": {"job", "instance"}}
_SAMPLE = re.compile(r"^(\w+)(?:\{(.*)\})? \S+$")
_NAME = re.compile(r"(?<![$\w.\"])([a-z_][a-z0-9_]*)\b(?!\s*\()")
_WORDS = {"by", "without", "on", "ignoring", "and", "or", "unless", "offset", "bool"}


def samples(text):
    """The samples of a page of metrics: name -> the labels that any of them has."""
    found = collections.defaultdict(set)
    for line in text.splitlines():
        if match := _SAMPLE.match(line):
            found[match[1]] |= set(re.findall(r"(\w+)=\"", match[2] or ""))
    return found


def named_in(expression):
    """What an expression of PromQL names: the samples, and the labels that it asks of them."""
    labels = {x for group in re.findall(r"\{([^}]*)\}", expression) for x in re.findall(r"(\w+)\s*[=!]", group)}
    labels |= {x.strip() for group in re.findall(r"\bby\s*\(([^)]*)\)", expression) for x in group.split(",")}
    bare = re.sub(r"\{[^}]*\}|\[[^\]]*\]|\bby\s*\([^)]*\)|\"[^\"]*\"", " ", expression)
    return set(_NAME.findall(bare)) - _WORDS, labels - {""}


def dashboard_expressions(dashboard):
    """Every expression of a dashboard, with where it stands: panels, those in rows too, and variables."""
    def of_panels(panels):
        for panel in panels:
            yield from of_panels(panel.get("panels", []))
            for target in panel.get("targets", []):
                yield panel["title"], target["expr"]

    yield from of_panels(dashboard["panels"])
    for variable in dashboard["templating"]["list"]:
        if match := re.fullmatch(r"label_values\((.*),\s*(\w+)\)", variable["query"]):
            yield variable["name"], f"sum by ({match[2]}) ({match[1]})"


def rule_expressions(text):
    return re.findall(r"^\s+(?:- )?expr: (.*)$", text, re.MULTILINE)


def promtool(what, *arguments, text=None):
    return subprocess.run(["promtool", "check", what, *arguments], input=text, capture_output=True, check=False)


class Monitoring(ViewerTest):
    async def metrics(self):
        node = self.start("--world.characters", "3")
        viewer = await self.enter(Viewer(node.websocket_url()))
        await viewer.ask("character_update", {"character_id": "ada", "state": "S0"})
        call(node, "actions", {"action": "restart", "character": "ada"})
        return node.get(node.admin_url())[1]

    def cluster_metrics(self):
        """What a node tells that has a peer."""
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        cluster = Cluster(pathlib.Path(folder.name) / "state", program(), die_with_caller=True)
        self.addCleanup(atexit.unregister, cluster.down)
        self.addCleanup(cluster.down)
        atexit.register(cluster.down)
        cluster.up(2, 0)

        def page():
            with urllib.request.urlopen(cluster.node(1).admin + "/metrics", timeout=20) as reply:
                return reply.read()

        deadline = time.monotonic() + 30
        while b"towncrier_link_clock_offset_seconds{" not in page():
            self.assertLess(time.monotonic(), deadline, "the offset of the clocks was not measured")
            time.sleep(0.1)
        return page()

    async def test_a_cluster_tells_of_links_membership_etcd_and_certificates(self):
        page = self.cluster_metrics()
        values = dict(line.rsplit(" ", 1) for line in page.decode().splitlines() if not line.startswith("#"))
        for name in ('etcd_up{node="n1"}', 'cluster_registered{node="n1"}', 'link_up{node="n1",peer="n2"}'):
            self.assertEqual(values["towncrier_" + name], "1", name)
        self.assertEqual(values['towncrier_cluster_nodes{node="n1"}'], "2")
        self.assertLess(abs(float(values['towncrier_link_clock_offset_seconds{node="n1",peer="n2"}'])), 0.5)
        ends = float(values['towncrier_certificate_expiry_timestamp_seconds{node="n1",use="cluster"}'])
        self.assertAlmostEqual(ends, time.time() + 365 * 86400, delta=3600)
        if shutil.which("promtool"):
            checked = promtool("metrics", text=page)
            self.assertEqual((checked.returncode, checked.stdout, checked.stderr), (0, b"", b""))

    async def test_counts_errors_by_code_and_refusals_by_reason(self):
        tokens = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory())) / "tokens"
        made = subprocess.run([program(), "token", "vera", "viewer"], capture_output=True, text=True, check=True).stdout
        token, line = (x.partition(":")[2].strip() for x in made.splitlines())
        tokens.write_text(line + "\n", encoding="utf-8")
        node = self.start("--auth.tokens", str(tokens))
        vera = await self.enter(Viewer(node.websocket_url(), token=token))
        await vera.ask("character_update", {"character_id": "ada", "state": "S0"})  # more than she may
        await vera.ask("nonsense")
        stranger = Viewer(node.websocket_url(), token="wrong")
        await stranger.connect()
        await stranger.until_closed()
        page = node.get(node.admin_url())[1].decode()
        for counted in ('auth_failures_total{node="%s",reason="role"} 1', 'auth_failures_total{node="%s",reason="bad_token"} 1',
                        'errors_by_code_total{node="%s",code="1001",name="INVALID_MESSAGE"} 1',
                        'errors_by_code_total{node="%s",code="1002",name="AUTH_FAILED"} 2',
                        'build_info{node="%s",version="'):
            self.assertIn("towncrier_" + counted % node.name, page)

    @unittest.skipUnless(shutil.which("promtool"), "there is no promtool here")
    async def test_promtool_takes_metrics_and_rules(self):
        checked = promtool("metrics", text=await self.metrics())
        self.assertEqual((checked.returncode, checked.stdout, checked.stderr), (0, b"", b""))
        checked = promtool("rules", str(MONITORING / "alerts.yml"))
        self.assertEqual(checked.returncode, 0, checked.stdout + checked.stderr)
        # It can say no.
        self.assertNotEqual(promtool("metrics", text=b"a_metric{x=1} 3\n").returncode, 0)

    async def test_dashboard_and_rules_name_only_what_is_there(self):
        there = {**samples(self.cluster_metrics().decode()), **samples((await self.metrics()).decode()), **OWN}
        dashboard = json.loads((MONITORING / "dashboard.json").read_text(encoding="utf-8"))
        expressions = list(dashboard_expressions(dashboard))
        self.assertGreater(len(expressions), 10)
        rules = rule_expressions((MONITORING / "alerts.yml").read_text(encoding="utf-8"))
        self.assertGreater(len(rules), 5)
        for where, expression in [*expressions, *(("rule", x) for x in rules)]:
            names, labels = named_in(expression)
            self.assertTrue(names, (where, expression))
            for name in names:
                self.assertIn(name, there, (where, expression))
                self.assertLessEqual(labels, there[name] | {"job", "instance"}, (where, expression))

    def test_an_expression_is_read(self):
        for expression, expected in (
                ("up{job=\"x\"} == 0", ({"up"}, {"job"})),
                ("a_b / clamp_min(c_d, 1) > 0.1", ({"a_b", "c_d"}, set())),
                ("histogram_quantile(0.99, sum by (node, le) (rate(x_bucket{kind!~\"a|b\"}[5m]))) > 1e3",
                 ({"x_bucket"}, {"node", "le", "kind"}))):
            self.assertEqual(named_in(expression), expected)


if __name__ == "__main__":
    run()
