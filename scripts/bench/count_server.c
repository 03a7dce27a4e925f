/*
 * The system under test of scripts/bench: one thread, epoll, a fixed answer (13 bytes, or a whole answer, head included, from a
 * file), and a counter of the requests that it has answered (GET /count). As little work per request as a server can have, so that
 * the client is what is measured.
 *
 *     cc -O2 -o count_server count_server.c && ./count_server PORT [FILE]
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#define MAX_SOCKETS 32768
#define ANSWER "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 13\r\n\r\nhello, world!"

static const char *answer = ANSWER;
static size_t answer_length = sizeof ANSWER - 1;
static unsigned long answered;
/* How much of the empty line that ends a head each socket has sent: 0 to 3 of \r\n\r\n. */
static unsigned char progress[MAX_SOCKETS];

static int heads_in(int socket, const char *bytes, ssize_t length) {
  static const char end[] = "\r\n\r\n";
  int heads = 0, at = progress[socket];
  for (ssize_t i = 0; i < length; i++) {
    if (bytes[i] == end[at]) at++;
    else at = bytes[i] == '\r';
    if (at == 4) heads++, at = 0;
  }
  progress[socket] = at;
  return heads;
}

static void send_all(int socket, const char *bytes, size_t length) {
  ssize_t sent = write(socket, bytes, length);
  if (sent < 0) return; /* gone: the next read says so */
  if ((size_t)sent < length) { /* a client that does not read, or an answer that no send buffer holds: nothing to measure */
    fprintf(stderr, "count_server: an answer did not go out at once\n");
    exit(3);
  }
}

static void load_answer(const char *path) {
  FILE *file = fopen(path, "rb");
  if (file == NULL || fseek(file, 0, SEEK_END) != 0) {
    perror(path);
    exit(1);
  }
  answer_length = (size_t)ftell(file);
  rewind(file);
  char *bytes = malloc(answer_length);
  if (bytes == NULL || fread(bytes, 1, answer_length, file) != answer_length) {
    perror(path);
    exit(1);
  }
  fclose(file);
  answer = bytes;
}

static void serve(int socket) {
  static char bytes[65536];
  ssize_t length = read(socket, bytes, sizeof bytes);
  if (length <= 0) {
    close(socket);
    return;
  }
  if (length > 10 && memcmp(bytes, "GET /count ", 11) == 0) {
    char body[32], whole[128];
    int size = snprintf(body, sizeof body, "%lu", answered);
    size = snprintf(whole, sizeof whole, "HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s", size, body);
    send_all(socket, whole, size);
    return;
  }
  for (int heads = heads_in(socket, bytes, length); heads > 0; heads--) {
    answered++;
    send_all(socket, answer, answer_length);
  }
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
    progress[socket] = 0;
    setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    int room = answer_length > 4096 ? 1 << 20 : 0;
    if (room > 0) setsockopt(socket, SOL_SOCKET, SO_SNDBUF, &room, sizeof room);
    struct epoll_event event = {.events = EPOLLIN, .data.fd = socket};
    epoll_ctl(queue, EPOLL_CTL_ADD, socket, &event);
  }
}

int main(int count, char **words) {
  const int on = 1;
  signal(SIGPIPE, SIG_IGN);
  if (count > 2) load_answer(words[2]);
  int listener = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
  setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
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
