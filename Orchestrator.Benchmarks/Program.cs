using Orchestrator.Benchmarks.Cluster;
using Orchestrator.Benchmarks.Node;
using Orchestrator.Benchmarks.Runtime;
using Orchestrator.Benchmarks.Scale;
using Orchestrator.Benchmarks.Teams;
using Orchestrator.Benchmarks.Tmux;

return args switch
{
    ["runtime", .. var rest] => await RuntimeBenchmarks.RunAsync(rest),
    ["node", .. var rest] => await NodeBenchmark.RunAsync(rest),
    ["agents", .. var rest] => await PassiveAgents.RunAsync(rest),
    ["cluster", .. var rest] => await ClusterBenchmark.RunAsync(rest),
    ["scale", .. var rest] => await ScaleBenchmark.RunAsync(rest),
    ["member", .. var rest] => await MemberProcess.RunAsync(rest),
    ["teams", .. var rest] => await TeamsBenchmark.RunAsync(rest),
    ["tmux"] => await TmuxBenchmark.RunAsync(Console.Out),
    _ => Usage(),
};

static int Usage()
{
    Console.Error.WriteLine("usage: ./bench runtime [--seconds N] [--postgres] | cluster [--part together|idle|failover] [--seconds N] [--kills N] [--stops N] | scale [--part limits|split|standby] [--seconds N] [--rounds N] | node [--program PATH] | agents [--agents N] [--postgres CONNECTION] | teams [--minutes N] [--agents N] [--rate N] [--counts] | tmux");
    return 2;
}
