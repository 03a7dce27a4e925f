"""Runs a command on a terminal of its own: run_on_pty.py COLUMNS ROWS TERM COMMAND... What it writes there goes to stdout."""
import fcntl
import os
import pty
import struct
import sys
import termios

columns, rows, term, command = int(sys.argv[1]), int(sys.argv[2]), sys.argv[3], sys.argv[4:]
ready, go = os.pipe()
pid, terminal = pty.fork()
if pid == 0:
    os.read(ready, 1)  # the size is set
    os.environ["TERM"] = term
    for name in ("NO_COLOR", "CI", "COLUMNS", "LINES"):
        os.environ.pop(name, None)
    os.execvp(command[0], command)
fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
os.write(go, b"x")
while True:
    try:
        chunk = os.read(terminal, 65536)
    except OSError:
        break
    if not chunk:
        break
    sys.stdout.buffer.write(chunk)
sys.stdout.flush()
sys.exit(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
