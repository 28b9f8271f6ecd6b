/* Temporary folders for tests: one a test, removed with everything in it. */
#ifndef JC_TEST_FOLDER_H
#define JC_TEST_FOLDER_H

#define JC_TEST_PATH_SIZE 512

/* Make a new folder in $TMPDIR, or in /tmp. Ends the program when that fails. */
void jc_test_folder_make(char ret_path[JC_TEST_PATH_SIZE]);

/* Make a new folder with an empty project in it. Ends the program when that fails. */
void jc_test_project_make(char ret_path[JC_TEST_PATH_SIZE]);

/* Remove a folder and what is in it; "" is harmless. */
void jc_test_folder_remove(const char *path);

/* Copy a file over `to`. Ends the program when that fails. */
void jc_test_file_copy(const char *from, const char *to);

#endif
