using Orchestrator.Benchmarks.Node;
using Orchestrator.Benchmarks.Runtime;
using Orchestrator.Benchmarks.Tmux;

return args switch
{
    ["runtime", .. var rest] => await RuntimeBenchmarks.RunAsync(rest),
    ["node", .. var rest] => await NodeBenchmark.RunAsync(rest),
    ["tmux"] => await TmuxBenchmark.RunAsync(Console.Out),
    _ => Usage(),
};

static int Usage()
{
    Console.Error.WriteLine("usage: ./bench runtime [--seconds N] [--postgres] | node [--program PATH] | tmux");
    return 2;
}
