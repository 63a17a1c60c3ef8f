detach table {table:Identifier} sync
