/*
 * The system under test of scripts/bench/arrivals.ts: one thread, epoll, a fixed answer, and a record of when each request came: the
 * kernel's stamp of its segment (SO_TIMESTAMPING, by software), so that a server that wakes up late does not count as a late request.
 * Where the kernel gives no stamp it is the time of the read, and the record says how many those are.
 *
 *     cc -O2 -o arrival_server arrival_server.c && ./arrival_server PORT
 *
 * GET /forget empties the record. GET /record answers with 8 bytes (how many have no stamp of the kernel's) and then 8 bytes for each
 * request: nanoseconds since 1970, in the order of the machine.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <linux/errqueue.h>
#include <linux/net_tstamp.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define MAX_RECORD 8000000
#define ANSWER "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 13\r\n\r\nhello, world!"

static uint64_t *record;
static uint64_t recorded, unstamped;

static uint64_t now(void) {
  struct timespec time;
  clock_gettime(CLOCK_REALTIME, &time);
  return (uint64_t)time.tv_sec * 1000000000u + time.tv_nsec;
}

/* Reads what is there, and when the kernel received the last of it. */
static ssize_t receive(int socket, char *bytes, size_t room, uint64_t *stamp) {
  char control[256];
  struct iovec part = {.iov_base = bytes, .iov_len = room};
  struct msghdr message = {.msg_iov = &part, .msg_iovlen = 1, .msg_control = control, .msg_controllen = sizeof control};
  ssize_t length = recvmsg(socket, &message, 0);
  *stamp = 0;
  if (length <= 0) return length;
  for (struct cmsghdr *each = CMSG_FIRSTHDR(&message); each != NULL; each = CMSG_NXTHDR(&message, each)) {
    if (each->cmsg_level != SOL_SOCKET || each->cmsg_type != SCM_TIMESTAMPING) continue;
    struct scm_timestamping stamps;
    memcpy(&stamps, CMSG_DATA(each), sizeof stamps);
    *stamp = (uint64_t)stamps.ts[0].tv_sec * 1000000000u + stamps.ts[0].tv_nsec;
  }
  return length;
}

/* Waits where a record is too large for the buffers: nobody else asks for anything then. */
static void send_all(int socket, const void *bytes, size_t length) {
  for (const char *at = bytes; length > 0;) {
    ssize_t sent = write(socket, at, length);
    if (sent < 0 && errno != EAGAIN) return; /* gone */
    if (sent < 0) usleep(100);
    else at += sent, length -= sent;
  }
}

static void send_record(int socket) {
  char head[128];
  int size = snprintf(head, sizeof head, "HTTP/1.1 200 OK\r\nContent-Length: %lu\r\n\r\n", (unsigned long)(8 * (recorded + 1)));
  send_all(socket, head, size);
  send_all(socket, &unstamped, sizeof unstamped);
  send_all(socket, record, 8 * recorded);
}

static void serve(int socket) {
  static char bytes[65536];
  uint64_t stamp;
  ssize_t length = receive(socket, bytes, sizeof bytes, &stamp);
  if (length <= 0) {
    close(socket);
    return;
  }
  if (length > 11 && memcmp(bytes, "GET /record", 11) == 0) return send_record(socket);
  if (length > 11 && memcmp(bytes, "GET /forget", 11) == 0) recorded = unstamped = 0;
  else if (recorded < MAX_RECORD) {
    if (stamp == 0) unstamped++;
    record[recorded++] = stamp == 0 ? now() : stamp;
  }
  if (write(socket, ANSWER, sizeof ANSWER - 1) < 0) close(socket);
}

static void accept_all(int listener, int queue) {
  const int on = 1, stamps = SOF_TIMESTAMPING_RX_SOFTWARE | SOF_TIMESTAMPING_SOFTWARE;
  for (;;) {
    int socket = accept4(listener, NULL, NULL, SOCK_NONBLOCK);
    if (socket < 0) return;
    setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    setsockopt(socket, SOL_SOCKET, SO_TIMESTAMPING, &stamps, sizeof stamps);
    struct epoll_event event = {.events = EPOLLIN, .data.fd = socket};
    epoll_ctl(queue, EPOLL_CTL_ADD, socket, &event);
  }
}

int main(int count, char **words) {
  const int on = 1, stamps = SOF_TIMESTAMPING_RX_SOFTWARE | SOF_TIMESTAMPING_SOFTWARE;
  signal(SIGPIPE, SIG_IGN);
  record = malloc(8 * (size_t)MAX_RECORD);
  if (record == NULL) return perror("record"), 1;
  int listener = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
  setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  setsockopt(listener, SOL_SOCKET, SO_TIMESTAMPING, &stamps, sizeof stamps); /* also what comes before the accept */
  struct sockaddr_in place = {
    .sin_family = AF_INET, .sin_port = htons(atoi(count > 1 ? words[1] : "0")), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  if (bind(listener, (struct sockaddr *)&place, sizeof place) != 0) return perror("bind"), 1;
  listen(listener, 4096);
  int queue = epoll_create1(0);
  struct epoll_event event = {.events = EPOLLIN, .data.fd = listener}, events[256];
  epoll_ctl(queue, EPOLL_CTL_ADD, listener, &event);
  for (;;) {
    int ready = epoll_wait(queue, events, 256, -1);
    for (int i = 0; i < ready; i++) {
      if (events[i].data.fd == listener) accept_all(listener, queue);
      else serve(events[i].data.fd);
    }
  }
}
