"""Runs a command on a terminal of its own and types an answer to each question.

    answer_on_pty.py '[["question", "answer"], …]' COMMAND …

A question is a text that appears on the terminal. Prints what the command printed, and ends with its exit code; SIGTERM is passed on.
"""
import json
import os
import pty
import signal
import sys

answers = json.loads(sys.argv[1])
child, terminal = pty.fork()
if child == 0:
    os.execvp(sys.argv[2], sys.argv[2:])
signal.signal(signal.SIGTERM, lambda *_: os.kill(child, signal.SIGINT))
seen = ""
while True:
    try:
        part = os.read(terminal, 4096)
    except OSError:  # the other end is closed
        break
    if not part:
        break
    text = part.decode("utf8", "replace")
    sys.stdout.write(text)
    sys.stdout.flush()
    seen += text
    while answers and answers[0][0] in seen:
        seen = seen.split(answers[0][0], 1)[1]
        os.write(terminal, answers.pop(0)[1].encode())
_, status = os.waitpid(child, 0)
sys.exit(os.waitstatus_to_exitcode(status) % 256)
