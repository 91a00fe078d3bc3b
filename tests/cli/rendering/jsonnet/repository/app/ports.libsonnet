{ http: 80, metrics: 9090 }
