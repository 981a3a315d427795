namespace Orchestrator.Benchmarks;

/// <summary>The words behind the name of a benchmark.</summary>
internal static class Arguments
{
    /// <summary>The word that follows <paramref name="name"/>; <paramref name="otherwise"/> where it is not given.</summary>
    public static string Option(string[] args, string name, string otherwise) => Array.IndexOf(args, name) is var at and >= 0 && at + 1 < args.Length ? args[at + 1] : otherwise;
}
