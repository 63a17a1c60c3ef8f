"""What the HTTP interface takes and answers, as data: who may ask what, and the schema of it all."""
