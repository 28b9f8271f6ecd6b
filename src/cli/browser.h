/* Showing an address to whoever sits at this machine. */
#ifndef JC_CLI_BROWSER_H
#define JC_CLI_BROWSER_H

/* Open the address in the browser, where there is a display; say nothing when that fails: it was printed. */
void jc_cli_browse(const char *url);

#endif
