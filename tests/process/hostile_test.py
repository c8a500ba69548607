"""What hostile clients do must cost nobody but themselves: a healthy viewer beside them sees everything, at once."""

import asyncio
import itertools
import random
import socket
import zlib

from raw_client import (BINARY, CLOSE, CONTINUATION, PING, RSV1, TEXT, Ended, RawClient, close_payload, encode_frame,
                        handshake_request, new_key)
from viewers import Viewer, ViewerTest, change, event, eventually, metric, numbers, run

STUCK = 200
MIB = 1 << 20
GOODBYE = encode_frame(CLOSE, close_payload(1000))


class HostileTest(ViewerTest):
    OPTIONS = []

    async def asyncSetUp(self):
        await super().asyncSetUp()
        self.node = self.start("--edge.history-bytes", "2MiB", "--log.level", "error",
                               "--batcher.max-wait", "2ms", *self.OPTIONS)
        self.healthy = await self.enter(Viewer(self.node.websocket_url(), max_queue=None))
        self.publisher = await self.enter(Viewer(self.node.websocket_url(), "msgpack"))
        await self.publisher.ask("unsubscribe", {"channels": ["world"]})
        self.counter = itertools.count()
        await self.publish()
        await self.healthy.until(lambda: self.healthy.events, "the first event")

    async def publish(self, batches=1):
        for _ in range(batches):
            messages = [event(next(self.counter))] + [change(f"c{n}", "S", x=random.random(), y=0, attributes={
                "words": "about as long as what a character has to say " + str(random.random())}) for n in range(60)]
            answer = await self.publisher.ask("batch", messages)
            self.assertTrue(answer["data"].get("ok"), answer)

    async def goes_on(self):
        """The healthy viewer has every event so far, in order, and was given everything."""
        await self.publish()
        wanted = next(self.counter)
        self.counter = itertools.count(wanted)
        await self.healthy.until(lambda: len(self.healthy.events) == wanted, f"{wanted} events")
        self.assertEqual(numbers(self.healthy), list(range(wanted)))
        self.assertFalse(self.healthy.lags + self.healthy.faults + self.healthy.errors)
        self.assertTrue(self.node.running)


class Bytes(HostileTest):
    OPTIONS = ["--edge.handshake-timeout", "2s"]

    async def against(self, attack, *arguments):
        """Runs an attack in a thread of its own while events go on."""
        running = asyncio.create_task(asyncio.to_thread(attack, *arguments))
        while not running.done():
            await self.publish()
        result = await running
        await self.goes_on()
        return result

    def ending(self, data, **options):
        """Sends bytes on a connection of its own; the code of the close that comes, None for a mere end."""
        try:
            with RawClient.connect(self.node.edge, timeout=20, **options) as client:
                client.send_bytes(data)
                while (frame := client.read_frame()).close_code is None or frame.opcode != CLOSE:
                    pass
                return frame.close_code
        except Ended:
            return None

    async def test_garbage_before_and_after_the_upgrade(self):
        await self.against(self.throw_garbage, random.Random(1))

    def throw_garbage(self, dice):
        for _ in range(60):
            data = dice.randbytes(dice.randint(1, 3000))
            for client in (RawClient(self.node.edge), RawClient.connect(self.node.edge)):
                with client:
                    try:
                        client.send_bytes(data)
                        if dice.random() < 0.5:
                            client.socket.shutdown(socket.SHUT_WR)
                            client.read_end()
                    except (Ended, OSError):
                        pass

    async def test_deep_nesting(self):
        codes = await self.against(lambda: [
            self.ending(encode_frame(TEXT, b'{"type":"heartbeat","data":' + b"[" * 60_000) + GOODBYE),
            self.ending(encode_frame(TEXT, b'{"a":' * 12_000) + GOODBYE),
            self.ending(encode_frame(BINARY, b"\x91" * 60_000) + GOODBYE,
                        fields={"Sec-WebSocket-Protocol": "towncrier.v1.msgpack"})])
        self.assertEqual(codes, [1000] * 3)

    async def test_maps_and_strings_of_claimed_sizes(self):
        for start in (b"\xdf", b"\xdd", b"\xdb", b"\xc6", b"\xc9", b"\x82\xa4type\xdb"):
            claim = start + b"\xff\xff\xff\xf0x"
            before = self.node.resident_bytes()
            code = await self.against(self.ending_msgpack, encode_frame(BINARY, claim) + GOODBYE)
            self.assertEqual(code, 1000)
            self.assertLess(self.node.resident_bytes() - before, 30 * MIB)

    def ending_msgpack(self, data):
        return self.ending(data, fields={"Sec-WebSocket-Protocol": "towncrier.v1.msgpack"})

    async def test_frames_of_claimed_sizes(self):
        before = self.node.resident_bytes()
        for length in (1 << 62, (1 << 63) - 1, 1 << 40, 1 << 32):
            self.assertEqual(await self.against(self.ending, encode_frame(BINARY, b"x" * 10, length=length)), 1009)
        self.assertIn(await self.against(self.ending, encode_frame(BINARY, b"x", length=1 << 63)), (1002, 1009))
        self.assertLess(self.node.resident_bytes() - before, 30 * MIB)

    async def test_a_decompression_bomb(self):
        packer = zlib.compressobj(9, wbits=-15)
        bomb = packer.compress(bytes(50 * MIB)) + packer.flush(zlib.Z_SYNC_FLUSH)
        self.assertLess(len(bomb), 60_000)
        before = self.node.resident_bytes()
        for _ in range(5):
            code = await self.against(lambda: self.ending(
                encode_frame(TEXT, bomb[:-4], rsv=RSV1),
                fields={"Sec-WebSocket-Extensions": "permessage-deflate"}))
            self.assertEqual(code, 1009)
        self.assertLess(self.node.resident_bytes() - before, 30 * MIB)

    async def test_fragments_and_pings_without_end(self):
        many = encode_frame(TEXT, b"", fin=False) + encode_frame(CONTINUATION, b"", fin=False) * 20_000
        grown = encode_frame(TEXT, b"x", fin=False) + encode_frame(CONTINUATION, b"x" * 1000, fin=False) * 200
        self.assertEqual(await self.against(self.ending, grown), 1009)
        for data in (many, encode_frame(PING, b"x" * 125) * 20_000):
            self.assertEqual(await self.against(self.ending, data + GOODBYE) or 1000, 1000)

    async def test_half_handshakes(self):
        whole = handshake_request("/", new_key())
        before = self.node.open_descriptors()
        clients = [RawClient(self.node.edge) for _ in range(100)]
        try:
            for n, client in enumerate(clients):
                client.send_bytes(whole[:n * len(whole) // 100])
            await self.goes_on()
            await eventually(lambda: self.node.open_descriptors() <= before, "the node to give up on them")
        finally:
            for client in clients:
                client.close()
        await self.goes_on()

    async def test_headers_without_end(self):
        def flood():
            with RawClient(self.node.edge) as client:
                try:
                    client.send_bytes(b"GET / HTTP/1.1\r\n")
                    for n in range(4000):
                        client.send_bytes(b"X-%d: %s\r\n" % (n, b"x" * 1000))
                    client.read_end()
                except Ended:
                    return True
                return True
        before = self.node.resident_bytes()
        self.assertTrue(await self.against(flood))
        self.assertLess(self.node.resident_bytes() - before, 30 * MIB)


class NeverReaders(HostileTest):
    OPTIONS = ["--edge.max-queued-bytes", "256KiB", "--edge.max-event-bytes", "256KiB"]

    async def test_cost_bounded_memory_and_leave_none(self):
        # History and buffers first get as large as they ever will.
        await self.publish(250)
        await self.goes_on()
        before = self.node.resident_bytes()
        stuck = await asyncio.to_thread(lambda: [RawClient.connect(self.node.edge, receive_buffer=4096)
                                                 for _ in range(STUCK)])
        try:
            for _ in range(400):
                await self.publish(5)
                if metric(self.node, "towncrier_connections_behind") == STUCK:
                    break
            self.assertEqual(metric(self.node, "towncrier_connections_behind"), STUCK)
            await self.publish(300)
            await self.goes_on()
            # Each may hold its queue and its events; frames are shared, so that all of it together is far less.
            stuck_bytes = self.node.resident_bytes() - before
            self.assertLess(stuck_bytes, STUCK * MIB // 2)
            queued = metric(self.node, "towncrier_queued_bytes")
            self.assertLess(queued, STUCK * MIB)
        finally:
            for client in stuck:
                client.close()
        await eventually(lambda: metric(self.node, "towncrier_active_connections") == 2, "the end of those clients")
        await self.goes_on()
        self.assertEqual(metric(self.node, "towncrier_connections_behind"), 0)
        self.assertEqual(metric(self.node, "towncrier_queued_bytes"), 0)
        await eventually(lambda: self.node.resident_bytes() - before < 10 * MIB, "memory to be given back")
        print(f"{STUCK} that never read: {stuck_bytes / MIB:.1f} MiB more, "
              f"{(self.node.resident_bytes() - before) / MIB:.1f} MiB after them; {queued / MIB:.1f} MiB were queued")

    async def test_who_asks_and_never_reads_is_not_read_for_ever(self):
        question = encode_frame(TEXT, b'{"type":"command","id":1,"data":{"name":"metrics"}}') * 100
        before = self.node.resident_bytes()
        with RawClient.connect(self.node.edge, receive_buffer=4096) as client:
            client.socket.settimeout(1)
            sent = 0
            try:
                while sent < 64 * MIB:
                    sent += client.socket.send(question)
            except (socket.timeout, OSError):
                pass
            self.assertLess(sent, 64 * MIB)
            await self.goes_on()
            self.assertLess(self.node.resident_bytes() - before, 40 * MIB)
        await eventually(lambda: metric(self.node, "towncrier_active_connections") == 2, "the end of that client")

    async def test_clients_that_come_and_reset_at_once(self):
        descriptors = self.node.open_descriptors()
        for _ in range(5):
            clients = await asyncio.gather(*(Viewer(self.node.websocket_url()).connect() for _ in range(40)))
            await asyncio.gather(*(x.cut() for x in clients))
            await self.publish(5)
        await self.goes_on()
        await eventually(lambda: self.node.open_descriptors() <= descriptors, "the sockets' end")
        self.assertEqual(metric(self.node, "towncrier_active_connections"), 2)


if __name__ == "__main__":
    run()
