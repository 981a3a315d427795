using Orchestrator.Benchmarks.Runtime;

return args switch
{
    ["runtime", .. var rest] => await RuntimeBenchmarks.RunAsync(rest),
    _ => Usage(),
};

static int Usage()
{
    Console.Error.WriteLine("usage: dotnet run -c Release --project Orchestrator.Benchmarks -- runtime [--seconds N]");
    return 2;
}
