"""A cluster of real processes loses nothing when one of them dies, freezes, leaves or comes, or when etcd is away."""

import time

from cluster_scenario import FULL, ClusterTest, get_json, run
from counting_publisher import command


def connections_of(node):
    return get_json(node.admin + "/api/v1/connections")


class ClusterScenarios(ClusterTest):
    def test_one_more_node_takes_its_share(self):
        self.up(3)
        self.watch()
        index = self.cluster.add()
        newcomer = self.cluster.node(index)
        # The welcomes of the first name the newcomer's address to all who come after.
        self.recorder.add(8)
        self.recorder.wait_until_all_open()
        self.recorder.add(24)
        self.recorder.wait_until_all_open()
        self.calm()
        self.assertEqual(newcomer.seen_nodes(), {"n1", "n2", "n3", "n4"})
        status = command(newcomer.edge, "status")
        share, clients = status["owned"] / status["characters"], len(connections_of(newcomer))
        print(f"    the newcomer has {share:.0%} of the characters and {clients} clients", flush=True)
        self.assertGreater(share, 0.15)
        self.assertLess(share, 0.35)
        self.assertEqual(sum(command(url, "status")["owned"] for url in self.edges()), status["characters"])
        # A quarter of those who came later.
        self.assertGreaterEqual(clients, 6)
        self.judge(max_silence=2.0)

    def test_any_one_of_three_is_killed(self):
        self.up(3)
        self.watch()
        for index in (1, 2, 3):
            self.kill(index)
            self.recorder.wait_until_all_open()
            self.calm()
            self.cluster.restart(index)
            self.calm()
        self.judge()

    def test_two_of_five_are_killed(self):
        self.up(5)
        self.watch()
        self.kill(2)
        self.kill(4)
        self.recorder.wait_until_all_open()
        self.calm()
        self.judge()

    def test_a_node_freezes_and_goes_on(self):
        self.up(3)
        self.watch(silence_ms=4000)
        self.cluster.freeze(2)
        time.sleep(10 if FULL else 6)
        self.cluster.thaw(2)
        self.cluster.wait_until_ready()
        self.calm()
        self.judge()

    def test_etcd_is_away(self):
        self.up(3)
        self.watch()
        self.cluster.etcd_stop()
        time.sleep(30 if FULL else 6)
        self.assertEqual(len(self.edges()), 3)
        self.cluster.etcd_start()
        self.cluster.wait_until_ready()
        self.calm()
        # Nobody stops for it: the last view stands.
        self.judge(max_silence=2.0)

    def test_every_node_is_restarted_in_turn(self):
        self.up(3)
        self.watch()
        for index in (1, 2, 3):
            self.cluster.stop(index)
            self.recorder.wait_until_all_open()
            self.cluster.restart(index)
            self.calm()
        summary = self.judge()
        self.assertEqual(summary["unresumed"], 0)


if __name__ == "__main__":
    run()
