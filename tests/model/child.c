/* Child processes of a test. cmocka's handlers for crashes must not run in a child, where they would
 * go on with the parent's tests, so they are taken out first. */
#include "model/child.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#ifdef __linux__
#include <sys/prctl.h>
#endif

static void become_child(pid_t parent)
{
    const int crashes[] = {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGSYS, SIGABRT};
    for (size_t i = 0; i < sizeof crashes / sizeof *crashes; i++)
        (void)signal(crashes[i], SIG_DFL);
#ifdef __linux__
    (void)prctl(PR_SET_PDEATHSIG, SIGKILL);
#endif
    if (getppid() != parent)
        _exit(98);
}

pid_t jc_child_start(int (*run)(void *context), void *context)
{
    (void)fflush(NULL);
    pid_t parent = getpid();
    pid_t pid = fork();
    if (pid < 0) {
        perror("fork");
        exit(99);
    }
    if (pid > 0)
        return pid;
    become_child(parent);
    int result = run(context);
    (void)fflush(NULL);
    _exit(result);
}

int jc_child_wait(pid_t pid)
{
    int status = 0;
    if (waitpid(pid, &status, 0) != pid)
        return 255;
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

void jc_child_stop(pid_t pid)
{
    int status = 0;
    (void)kill(pid, SIGSTOP);
    (void)waitpid(pid, &status, WUNTRACED);
}

void jc_child_continue(pid_t pid)
{
    (void)kill(pid, SIGCONT);
}

void jc_child_kill(pid_t pid)
{
    (void)kill(pid, SIGKILL);
    (void)jc_child_wait(pid);
}

void *jc_shared_memory(size_t size)
{
    void *memory = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED) {
        perror("mmap");
        exit(99);
    }
    return memory;
}
