using Orchestrator.Benchmarks.Runtime;
using Orchestrator.Benchmarks.Tmux;

return args switch
{
    ["runtime", .. var rest] => await RuntimeBenchmarks.RunAsync(rest),
    ["tmux"] => await TmuxBenchmark.RunAsync(Console.Out),
    _ => Usage(),
};

static int Usage()
{
    Console.Error.WriteLine("usage: ./bench runtime [--seconds N] | tmux");
    return 2;
}
