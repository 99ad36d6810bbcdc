"""zhibiao (指标): quantities, indicators and target/actual pairs from Chinese government performance reports."""
