/* One static program is both the process to look into and the witness: memory images stay small. */
int target(void);
void tell(int pid);
