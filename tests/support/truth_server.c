/*
 * A server of known latencies that records what it really did, for tests and benchmarks that hold a client's figures against it.
 *
 *     cc -O2 -o truth_server truth_server.c -lm && ./truth_server PORT [SEED [UNIX_PATH [ADDRESS]]]     (PORT 0: any; the port is printed)
 *
 * Each of these answers a GET or a POST without a body; latencies in ms:
 *
 *     /constant    20                          /errors   2, one of 50 with status 500 (chosen by the seed)
 *     /lognormal   median 20, sigma 0.6        /resets   2, one of 100 with a reset instead of an answer
 *     /bimodal     5, one of 100 takes 100     /bare     0
 *     /large       2, and a body of 100 KB
 *
 *     /stall?ms=N  holds up the whole server; /record gives what happened; /forget empties the record
 *
 * A latency counts from the moment at which the kernel received the last byte of the request (SO_TIMESTAMPNS), so that a request
 * that waited in a socket during a stall, or for this process, has that wait in its time. The record has one line per request:
 * route, status (0: reset), start in ms since the first request, and the time in ms from that moment to the call that sent the
 * answer, which is also the body of the answer. What a timer was asked for is not recorded: only what was done. It is its own proxy: a
 * request may name it before the path. Over a unix socket there are no stamps, and a latency counts from the call that received.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <math.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/timerfd.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#define MAX_SOCKETS 20000
#define HEAD_BYTES 4096
#define LARGE_BYTES 100000
#define MS 1000000LL

enum route { CONSTANT, LOGNORMAL, BIMODAL, ERRORS, RESETS, BARE, LARGE, ROUTES };
static const char *const names[ROUTES] = {"/constant", "/lognormal", "/bimodal", "/errors", "/resets", "/bare", "/large"};

struct request {
  int64_t due, received;
  int socket, status;
  unsigned generation;
  enum route route;
};
struct line {
  int64_t received, took;
  short status;
  short route;
};
struct peer {
  unsigned generation; /* a socket number is used again */
  int length;
  char head[HEAD_BYTES];
};

static struct peer *peers;
static struct line *lines;
static size_t line_count, line_room;
static struct request *heap;
static size_t heap_count, heap_room;
static uint64_t random_state = 88172645463325252ULL;
static int timer;

static int64_t now(void) {
  struct timespec time;
  clock_gettime(CLOCK_REALTIME, &time); /* the clock of the kernel's time stamps */
  return time.tv_sec * 1000000000LL + time.tv_nsec;
}

/* In (0, 1): splitmix64. */
static double uniform(void) {
  uint64_t z = random_state += 0x9E3779B97F4A7C15ULL;
  z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9ULL;
  z = (z ^ (z >> 27)) * 0x94D049BB133111EBULL;
  return ((double)((z ^ (z >> 31)) >> 11) + 0.5) / 9007199254740992.0;
}

static double latency_ms(enum route route) {
  switch (route) {
    case CONSTANT: return 20;
    case LOGNORMAL: return 20 * exp(0.6 * sqrt(-2 * log(uniform())) * cos(2 * M_PI * uniform()));
    case BIMODAL: return uniform() < 0.01 ? 100 : 5;
    case BARE: return 0;
    default: return 2;
  }
}

static int status_of(enum route route) {
  if (route == ERRORS && uniform() < 0.02) return 500;
  if (route == RESETS && uniform() < 0.01) return 0;
  return 200;
}

static void *grow(void *items, size_t *room, size_t size) {
  *room = *room == 0 ? 4096 : *room * 2;
  items = realloc(items, *room * size);
  if (items == NULL) perror("realloc"), exit(1);
  return items;
}

static void close_peer(int socket) {
  peers[socket].generation++;
  close(socket);
}

static void send_text(int socket, const char *text, size_t length) {
  while (length > 0) {
    ssize_t sent = send(socket, text, length, MSG_NOSIGNAL);
    if (sent < 0 && errno != EAGAIN) return; /* gone: the next read says so */
    if (sent > 0) text += sent, length -= sent;
  }
}

static void send_answer(int socket, int status, const char *body, size_t length) {
  char head[128];
  const char *reason = status == 200 ? "OK" : status == 404 ? "Not Found" : "Internal Server Error";
  int size = snprintf(head, sizeof head, "HTTP/1.1 %d %s\r\nContent-Type: text/plain\r\nContent-Length: %zu\r\n\r\n", status, reason, length);
  char whole[512];
  if (size + length > sizeof whole) {
    send_text(socket, head, size);
    send_text(socket, body, length);
    return;
  }
  memcpy(whole, head, size);
  memcpy(whole + size, body, length);
  send_text(socket, whole, size + length);
}

static void finish(const struct request *request) {
  if (peers[request->socket].generation != request->generation) return; /* the client left: it was not answered */
  if (line_count == line_room) lines = grow(lines, &line_room, sizeof *lines);
  int64_t took = now() - request->received;
  lines[line_count++] = (struct line){request->received, took, request->status, request->route};
  static char body[LARGE_BYTES];
  int size = snprintf(body, sizeof body, "%016.6f", took / 1e6);
  if (request->route == LARGE) size = LARGE_BYTES; /* zeros follow */
  if (request->status != 0) return send_answer(request->socket, request->status, body, size);
  struct linger at_once = {1, 0};
  setsockopt(request->socket, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
  close_peer(request->socket);
}

static void schedule(struct request request) {
  if (heap_count == heap_room) heap = grow(heap, &heap_room, sizeof *heap);
  size_t at = heap_count++;
  for (; at > 0 && heap[(at - 1) / 2].due > request.due; at = (at - 1) / 2) heap[at] = heap[(at - 1) / 2];
  heap[at] = request;
}

static struct request take_first(void) {
  struct request first = heap[0], last = heap[--heap_count];
  size_t at = 0;
  for (size_t child; (child = 2 * at + 1) < heap_count; at = child) {
    if (child + 1 < heap_count && heap[child + 1].due < heap[child].due) child++;
    if (heap[child].due >= last.due) break;
    heap[at] = heap[child];
  }
  heap[at] = last;
  return first;
}

static void finish_due(void) {
  while (heap_count > 0 && heap[0].due <= now()) {
    struct request request = take_first();
    finish(&request);
  }
  if (heap_count == 0) return;
  struct itimerspec when = {.it_value = {heap[0].due / 1000000000LL, heap[0].due % 1000000000LL}};
  timerfd_settime(timer, TFD_TIMER_ABSTIME, &when, NULL);
}

static void send_record(int socket) {
  char *text;
  size_t length;
  FILE *memory = open_memstream(&text, &length);
  for (size_t i = 0; i < line_count; i++) {
    const struct line *line = &lines[i];
    fprintf(memory, "%s %d %.6f %.6f\n", names[line->route], line->status, (line->received - lines[0].received) / 1e6, line->took / 1e6);
  }
  fclose(memory);
  send_answer(socket, 200, text, length);
  free(text);
}

static void stall(double ms) {
  struct timespec time = {(time_t)(ms / 1000), (long)(fmod(ms, 1000) * 1e6)};
  nanosleep(&time, NULL);
}

static void accept_request(int socket, const char *path, int64_t received) {
  if (memcmp(path, "http://", 7) == 0) path += 7 + strcspn(path + 7, "/");
  size_t length = strcspn(path, " ?");
  for (int route = 0; route < ROUTES; route++) {
    if (strlen(names[route]) != length || memcmp(path, names[route], length) != 0) continue;
    int64_t due = received + (int64_t)(latency_ms(route) * MS);
    struct request request = {due, received, socket, status_of(route), peers[socket].generation, route};
    if (due <= now()) finish(&request);
    else schedule(request);
    return;
  }
  if (memcmp(path, "/stall?ms=", 10) == 0) stall(atof(path + 10));
  else if (memcmp(path, "/record ", 8) == 0) return send_record(socket);
  else if (memcmp(path, "/forget ", 8) == 0) line_count = 0;
  else return send_answer(socket, 404, "", 0);
  send_answer(socket, 200, "", 0);
}

static ssize_t receive(int socket, char *bytes, size_t room, int64_t *received) {
  char control[CMSG_SPACE(sizeof(struct timespec))];
  struct iovec part = {bytes, room};
  struct msghdr message = {.msg_iov = &part, .msg_iovlen = 1, .msg_control = control, .msg_controllen = sizeof control};
  ssize_t length = recvmsg(socket, &message, 0);
  *received = now();
  if (length <= 0) return length;
  struct cmsghdr *header = CMSG_FIRSTHDR(&message);
  if (header != NULL && header->cmsg_level == SOL_SOCKET && header->cmsg_type == SCM_TIMESTAMPNS) {
    struct timespec time;
    memcpy(&time, CMSG_DATA(header), sizeof time);
    *received = time.tv_sec * 1000000000LL + time.tv_nsec;
  }
  return length;
}

static void serve(int socket) {
  struct peer *peer = &peers[socket];
  int64_t received;
  ssize_t length = receive(socket, peer->head + peer->length, HEAD_BYTES - 1 - peer->length, &received);
  if (length < 0 && errno == EAGAIN) return;
  if (length <= 0) return close_peer(socket);
  peer->length += length;
  peer->head[peer->length] = 0;
  if (strstr(peer->head, "\r\n\r\n") == NULL) {
    if (peer->length == HEAD_BYTES - 1) close_peer(socket);
    return;
  }
  peer->length = 0; /* one request at a time: no client that is measured here pipelines */
  char *path = strchr(peer->head, ' ');
  accept_request(socket, path + 1, received);
}

static void accept_all(int listener, int queue) {
  const int on = 1;
  for (;;) {
    int socket = accept4(listener, NULL, NULL, SOCK_NONBLOCK);
    if (socket < 0) return;
    if (socket >= MAX_SOCKETS) {
      close(socket);
      continue;
    }
    peers[socket].length = 0;
    setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    setsockopt(socket, SOL_SOCKET, SO_TIMESTAMPNS, &on, sizeof on);
    struct epoll_event event = {.events = EPOLLIN, .data.fd = socket};
    epoll_ctl(queue, EPOLL_CTL_ADD, socket, &event);
  }
}

static void listen_to(int queue, int listener, const struct sockaddr *place, socklen_t size) {
  if (bind(listener, place, size) != 0) perror("bind"), exit(1);
  listen(listener, 4096);
  struct epoll_event event = {.events = EPOLLIN, .data.fd = listener};
  epoll_ctl(queue, EPOLL_CTL_ADD, listener, &event);
}

int main(int count, char **words) {
  const int on = 1;
  prctl(PR_SET_PDEATHSIG, SIGKILL); /* ends with the test that started it */
  prctl(PR_SET_TIMERSLACK, 1);
  if (count > 2) random_state = strtoull(words[2], NULL, 10);
  peers = calloc(MAX_SOCKETS, sizeof *peers);
  int listener = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
  setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  struct sockaddr_in place = {
    .sin_family = AF_INET, .sin_port = htons(atoi(count > 1 ? words[1] : "0")), .sin_addr.s_addr = inet_addr(count > 4 ? words[4] : "127.0.0.1")};
  socklen_t size = sizeof place;
  int queue = epoll_create1(0);
  listen_to(queue, listener, (struct sockaddr *)&place, size);
  getsockname(listener, (struct sockaddr *)&place, &size);
  int local = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0);
  if (count > 3) {
    struct sockaddr_un path = {.sun_family = AF_UNIX};
    strncpy(path.sun_path, words[3], sizeof path.sun_path - 1);
    listen_to(queue, local, (struct sockaddr *)&path, sizeof path);
  }
  printf("%d\n", ntohs(place.sin_port));
  fflush(stdout);
  timer = timerfd_create(CLOCK_REALTIME, TFD_NONBLOCK);
  struct epoll_event event = {.events = EPOLLIN, .data.fd = timer}, events[256];
  epoll_ctl(queue, EPOLL_CTL_ADD, timer, &event);
  for (;;) {
    int ready = epoll_wait(queue, events, 256, -1);
    for (int i = 0; i < ready; i++) {
      uint64_t fired;
      if (events[i].data.fd == timer) (void)!read(timer, &fired, sizeof fired);
      else if (events[i].data.fd == listener || events[i].data.fd == local) accept_all(events[i].data.fd, queue);
      else serve(events[i].data.fd);
    }
    finish_due();
  }
}
