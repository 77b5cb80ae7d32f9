DROP TABLE automation_word;
DROP TABLE automation_run;
DROP TABLE automation_plan;
DROP TABLE automation;
