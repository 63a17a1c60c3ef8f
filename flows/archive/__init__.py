"""The archive flow: raw rows, provisional rows, closing and recounts. The only flow that knows ClickHouse."""
