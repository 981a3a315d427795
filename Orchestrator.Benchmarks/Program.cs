using Orchestrator.Benchmarks.Tmux;

return args is ["tmux"] ? await TmuxBenchmark.RunAsync(Console.Out) : 0;
