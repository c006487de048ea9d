"""ops/demo as a user starts it: its answers, its ends, and what it leaves behind.
Wants LEDGER_SOURCE_DIR and LEDGER_BIN_DIR."""
import contextlib
import os
import pathlib
import pty
import select
import signal
import subprocess
import sys
import tempfile
import time
import unittest

HERE = pathlib.Path(__file__).parent
DEMO = pathlib.Path(os.environ["LEDGER_SOURCE_DIR"]) / "ops/demo"
PROGRAMS = os.environ["LEDGER_BIN_DIR"]
BOUND_S = 300
KAFKA_LINES = 80_000


class Demo(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)
        self.temporary = pathlib.Path(self.folder.name) / "tmp"
        self.temporary.mkdir()
        self.environment = {**os.environ, "TMPDIR": str(self.temporary), "PATH": PROGRAMS + ":" + os.environ["PATH"]}

    def run_demo(self, *options):
        return subprocess.run([DEMO, "--programs", PROGRAMS, *options], env=self.environment, capture_output=True,
                              text=True, timeout=BOUND_S, check=False)

    def start_demo(self, *options):
        return subprocess.Popen([DEMO, "--programs", PROGRAMS, *options], env=self.environment, text=True,
                                stdout=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True)

    def processes_in_the_folder(self):
        found = []
        for each in pathlib.Path("/proc").glob("[0-9]*/cmdline"):
            try:
                if self.folder.name in each.read_text():
                    found.append(each.read_text().replace("\0", " "))
            except OSError:
                continue
        return found

    def expect_answers_equal_an_independent_count(self, *options):
        kept = pathlib.Path(self.folder.name) / "kept"
        demo = self.run_demo("--keep", str(kept), *options)
        self.assertEqual(demo.returncode, 0, demo.stderr)
        self.assertIn("6. What did the row", demo.stdout)
        self.assertIn("8,969 events of the 6,641 real content changes", demo.stdout)
        check = subprocess.run([sys.executable, HERE / "check_answers.py", kept], env=self.environment,
                               capture_output=True, text=True, timeout=BOUND_S, check=False)
        self.assertEqual(check.returncode, 0, check.stdout + check.stderr)
        self.assertIn("all userContentAudios", check.stdout)
        self.assertEqual(self.processes_in_the_folder(), [])

    def test_answers_on_the_embedded_broker_equal_an_independent_count(self):
        self.expect_answers_equal_an_independent_count()

    def test_answers_on_real_kafka_equal_an_independent_count(self):
        self.expect_answers_equal_an_independent_count("--kafka", "--events", str(KAFKA_LINES))

    def test_nothing_is_left_behind(self):
        demo = self.run_demo()
        self.assertEqual((demo.returncode, demo.stderr), (0, ""))
        self.assertEqual(list(self.temporary.iterdir()), [])
        self.assertEqual(self.processes_in_the_folder(), [])

    def expect_interrupt_ends_it(self, number, after, *options):
        demo = self.start_demo(*options)
        for line in demo.stdout:
            if after in line:
                break
        time.sleep(0.1)  # into the next step
        os.kill(demo.pid, number)  # the demo alone: its children are its own to end
        demo.communicate(timeout=30)
        self.assertEqual(demo.returncode, 128 + number)
        self.assertEqual(list(self.temporary.iterdir()), [])
        self.assertEqual(self.processes_in_the_folder(), [])

    def test_a_signal_ends_it_with_its_code_and_leaves_nothing(self):
        for number in (signal.SIGINT, signal.SIGTERM):
            with self.subTest(number=number):
                self.expect_interrupt_ends_it(number, "real content changes")

    def test_a_signal_while_kafka_starts_leaves_no_broker(self):
        self.expect_interrupt_ends_it(signal.SIGINT, "Broker", "--kafka")

    def test_ctrl_c_on_a_terminal_ends_it_too(self):
        pid, terminal = pty.fork()
        if pid == 0:
            os.execve(DEMO, [str(DEMO), "--programs", PROGRAMS], self.environment)
        seen = b""
        while b"real content changes," not in seen:
            seen += os.read(terminal, 4096)
        time.sleep(0.2)
        os.write(terminal, b"\x03")
        with contextlib.suppress(OSError):  # the terminal is gone with its last process
            while select.select([terminal], [], [], 30)[0] and os.read(terminal, 4096):
                pass
        self.assertEqual(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]), 130)
        self.assertEqual(list(self.temporary.iterdir()), [])
        self.assertEqual(self.processes_in_the_folder(), [])

    def test_settings_of_the_caller_do_not_reach_it(self):
        self.environment.update(LEDGER_TOPIC="another", LEDGER_BROKERS="127.0.0.1:1", LEDGER_AS_OF="0:1")
        self.assertEqual(self.run_demo().returncode, 0)

    def test_the_code_of_a_failed_step_is_its_own(self):
        demo = self.run_demo("--events", "1000000")  # more than the embedded broker takes
        self.assertEqual(demo.returncode, 8)
        self.assertIn("the embedded broker: partition", demo.stderr)
        self.assertIn("ops/demo: failed: ledger-emit send", demo.stderr)
        self.assertEqual(list(self.temporary.iterdir()), [])

    def test_wrong_usage_is_2_and_makes_nothing(self):
        for options in (["--kafke"], ["--events"], ["--events", "many"], ["--events", "49999"], ["--keep", str(HERE)]):
            with self.subTest(options=options):
                demo = self.run_demo(*options)
                self.assertEqual(demo.returncode, 2, demo.stdout)
                self.assertIn("ops/demo: ", demo.stderr)
        self.assertEqual(list(self.temporary.iterdir()), [])


if __name__ == "__main__":
    unittest.main(verbosity=2)
