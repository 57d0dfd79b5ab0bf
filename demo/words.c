#include "demo/demo.h"

const struct demo_person demo_people[] = {
	{ "anna", "inspector" },
	{ "victor", "vendor" },
	{ "ada", "auditor" },
};
const size_t demo_people_count = sizeof demo_people / sizeof *demo_people;

const struct demo_step demo_steps[] = {
	{ .person = "anna",
	    .anchor = "1.0:src/auth.c:22",
	    .kind = "finding",
	    .title = "Password compared in variable time",
	    .severity = "medium",
	    .cwe = "CWE-208",
	    .text = "strcmp returns at the first byte that differs, so the time of an answer tells how many "
		    "bytes of the administrator's password were right." },
	{ .person = "victor",
	    .thread = 0,
	    .state = "answered",
	    .text = "The check runs on the local machine only. We will look at it for the next release." },
	{ .person = "anna",
	    .anchor = "1.0:src/tok.c:21",
	    .kind = "finding",
	    .title = "The line does not read as it compiles",
	    .severity = "high",
	    .cwe = "CWE-1007",
	    .text = "U+202E and its companions reorder what an editor shows here. What looks like a "
		    "condition is part of the comment; the assignment below it always runs." },
	{ .person = "anna",
	    .anchor = "1.1:src/scan.c:29-31",
	    .kind = "question",
	    .title = "Where did the check against SECTIONS_MAX go?",
	    .text = "1.0 refused more than 96 sections. In 1.1 the number from the file is only compared "
		    "with the "
		    "file's length, and `scan_sections` writes it into an array of 96." },
};
const size_t demo_steps_count = sizeof demo_steps / sizeof *demo_steps;
