attach table {table:Identifier}
