"""Starts a program for which some system calls fail, as under the rules of a container: deny_calls.py CALL,CALL ERRNO PROGRAM ARGS... (x86-64)"""
import ctypes
import os
import struct
import sys

PR_SET_NO_NEW_PRIVS, PR_SET_SECCOMP, FILTER = 38, 22, 2
LOAD, JUMP_EQUAL, RETURN = 0x20, 0x15, 0x06
ALLOW, FAIL = 0x7FFF0000, 0x00050000

calls = [int(call) for call in sys.argv[1].split(",") if call]
rules = struct.pack("HBBI", LOAD, 0, 0, 0)
for index, call in enumerate(calls):
    rules += struct.pack("HBBI", JUMP_EQUAL, len(calls) - index, 0, call)
rules += struct.pack("HBBI", RETURN, 0, 0, ALLOW) + struct.pack("HBBI", RETURN, 0, 0, FAIL | int(sys.argv[2]))


class Program(ctypes.Structure):
    _fields_ = [("length", ctypes.c_ushort), ("rules", ctypes.c_void_p)]


memory = ctypes.create_string_buffer(rules)
program = Program(len(rules) // 8, ctypes.addressof(memory))
libc = ctypes.CDLL(None, use_errno=True)
if libc.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 or libc.prctl(PR_SET_SECCOMP, FILTER, ctypes.byref(program), 0, 0) != 0:
    sys.exit(f"cannot filter system calls: {os.strerror(ctypes.get_errno())}")
os.execvp(sys.argv[3], sys.argv[3:])
