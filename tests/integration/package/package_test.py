"""What `cmake --install` leaves, used by a C++ project that knows nothing of this tree. Wants LEDGER_BIN_DIR."""
import json
import os
import pathlib
import shutil
import subprocess
import tempfile
import time
import unittest

HERE = pathlib.Path(__file__).parent
BUILD = pathlib.Path(os.environ["LEDGER_BIN_DIR"]).parent
BOUND_S = 300
PLAY = {"userId": "u", "contentAudioId": "a", "contentId": "c", "contentType": "article"}


def run(*command, **options):
    done = subprocess.run([str(each) for each in command], capture_output=True, text=True, timeout=BOUND_S, check=False,
                          **options)
    if done.returncode != 0:
        raise AssertionError(f"{command} ended with {done.returncode}:\n{done.stdout}{done.stderr}")
    return done.stdout


class Package(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        self.installed = self.folder / "installed"
        run("cmake", "--install", BUILD, "--prefix", self.installed)
        self.sources = self.folder / "consumer"
        self.sources.mkdir()
        shutil.copy(HERE / "producer.cc", self.sources)

    def start_broker(self):
        ready = self.folder / "broker.txt"
        broker = subprocess.Popen([self.installed / "bin/ledger-broker", "--partitions", "1", "--ready-file", ready],
                                  stdout=subprocess.DEVNULL)
        self.addCleanup(broker.wait)
        self.addCleanup(broker.terminate)
        limit = time.monotonic() + BOUND_S
        while not (ready.exists() and ready.read_text()):
            self.assertIsNone(broker.poll())
            self.assertLess(time.monotonic(), limit)
            time.sleep(0.05)
        return ready.read_text().strip()

    def expect_that_events_arrive(self, producer):
        address = self.start_broker()
        ids = ["01998f3a-0000-7000-8000-000000000001", "01998f3a-0000-7000-8000-000000000002"]
        for number, event_id in enumerate(ids, 1):
            line = json.dumps({"eventId": event_id, "source": "package", "occurredAt": 1_790_000_000_000.0 + number,
                               "actor": {"kind": "service", "id": "cpp"}, "playRecorded": PLAY})
            self.assertEqual(run(producer, address, "content-audio-events", line).strip(), f"0:{number}")
        programs, views = self.installed / "bin", self.folder / "views"
        run(programs / "ledger-projector", "run", "--until-end", "--views", views, "--brokers", address)
        told = run(programs / "ledger-query", "events", "--views", views, "-o", "ndjson")
        self.assertEqual([json.loads(each)["event"]["eventId"] for each in told.splitlines()][-2:], ids)

    def test_is_found_by_cmake(self):
        shutil.copy(HERE / "consumer.cmake", self.sources / "CMakeLists.txt")
        run("cmake", "-S", self.sources, "-B", self.folder / "build", f"-DCMAKE_PREFIX_PATH={self.installed}")
        run("cmake", "--build", self.folder / "build")
        self.expect_that_events_arrive(self.folder / "build/producer")

    def test_is_found_by_pkg_config(self):
        found = {**os.environ, "PKG_CONFIG_PATH": str(next(self.installed.glob("lib/**/pkgconfig")))}
        flags = run("pkg-config", f"--define-variable=prefix={self.installed}", "--cflags", "--libs", "ledger-events",
                    env=found).split()
        producer = self.folder / "producer"
        run("c++", self.sources / "producer.cc", "-o", producer, *flags)
        self.expect_that_events_arrive(producer)


if __name__ == "__main__":
    unittest.main()
