%module spam
%{
#include <stdlib.h>
%}
int system(const char *command);
