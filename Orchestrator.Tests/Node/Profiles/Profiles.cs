using Orchestrator.Node.Profiles;

namespace Orchestrator.Tests.Node.Profiles;

/// <summary>The profiles of the product, and those of the tests beside them.</summary>
internal static class Profiles
{
    private static readonly Lazy<ProfileCatalog> Catalog = new(() => ProfileCatalog.Load(Shipped, OfTests));

    public static string Shipped => Path.Combine(AppContext.BaseDirectory, "hocon", "agents");

    public static string OfTests => Path.Combine(AppContext.BaseDirectory, "Fixtures", "profiles");

    public static ProfileCatalog All => Catalog.Value;

    public static AgentProfile Qwen => All["qwen"];

    public static AgentProfile Demo => All["demo"];

    public static AgentProfile Shell => All["shell"];

    public static AgentProfile Fake => All["fake"];
}
