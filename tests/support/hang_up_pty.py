"""Runs a command on a terminal of its own and closes the terminal when a text appears there: hang_up_pty.py TEXT COMMAND... Ends with its exit code."""
import os
import pty
import sys

text, command = sys.argv[1].encode(), sys.argv[2:]
child, terminal = pty.fork()
if child == 0:
    os.execvp(command[0], command)
seen = b""
while text not in seen:
    try:
        part = os.read(terminal, 65536)
    except OSError:  # it has ended
        break
    if not part:
        break
    seen += part
sys.stdout.buffer.write(seen)
os.close(terminal)
sys.exit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) % 256)
