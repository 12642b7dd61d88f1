/* The child of `just accuracy-root`: opens each file that is named on its standard input, in a process of its own, as
   Python does, and says what the dynamic linker said. Constructors run; a process that they end had all symbols bound. */
#include <dlfcn.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void)
{
    char line[8192];
    setvbuf(stdout, NULL, _IOLBF, 0);
    while (fgets(line, sizeof line, stdin)) {
        line[strcspn(line, "\n")] = 0;
        int ends[2];
        if (pipe(ends) != 0)
            return 1;
        pid_t child = fork();
        if (child == 0) {
            close(ends[0]);
            /* What a constructor prints is not an answer, and what it waits for never comes. */
            fclose(stdin);
            dup2(open("/dev/null", O_WRONLY), 1);
            dup2(1, 2);
            alarm(60);
            void *library = dlopen(line, RTLD_NOW | RTLD_LOCAL);
            const char *answer = library ? "" : dlerror();
            if (write(ends[1], answer, strlen(answer) + 1) < 0)
                _exit(1);
            _exit(0);
        }
        close(ends[1]);
        char answer[8192];
        size_t length = 0;
        ssize_t got;
        while (length < sizeof answer - 1 && (got = read(ends[0], answer + length, sizeof answer - 1 - length)) > 0)
            length += got;
        close(ends[0]);
        int status = 0;
        waitpid(child, &status, 0);
        answer[length] = 0;
        for (char *at = answer; *at; at++)
            if (*at == '\n')
                *at = ' ';
        if (length == 0)
            printf("bound\n");
        else if (answer[0] == 0)
            printf("loaded\n");
        else
            printf("refused %s\n", answer);
    }
    return 0;
}
