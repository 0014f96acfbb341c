#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "guest.h"

/* Called as "target", as "witness PID" (which stays when it has told all), or as "tell PID". */
int main(int argc, char **argv) {
  if (argc != 2) {
    return target();
  }
  tell(atoi(argv[1]));
  while (strstr(argv[0], "witness") != NULL) {
    pause();
  }
  return 0;
}
