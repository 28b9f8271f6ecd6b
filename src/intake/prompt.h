/* Prompts: which were written by somebody, and which by the machine. */
#ifndef JC_INTAKE_PROMPT_H
#define JC_INTAKE_PROMPT_H

#include "jc/str.h"

/* Did a person, or a program that speaks for one, write this prompt? Clients hand their agents much else in
 * the shape of a prompt: that a background task ended, what a local command printed, that it is time to wake
 * up. `source` is what the client says of it, absent where it says nothing; without it the text's first words
 * decide. */
bool jc_prompt_is_human(jc_str source, jc_str text);

#endif
