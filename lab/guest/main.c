#include <stdlib.h>
#include <string.h>

#include "guest.h"

/* Called as "target", or as "witness PID". */
int main(int argc, char **argv) {
  if (argc == 2 && strstr(argv[0], "witness") != NULL) {
    return witness(atoi(argv[1]));
  }
  return target();
}
