using System.Collections.Immutable;
using System.Text.Json;

namespace Orchestrator.Actors.Messaging.Schema;

/// <summary>One rule of a schema. The name is that of its keyword.</summary>
internal abstract class Keyword(string name)
{
    public string Name => name;

    /// <summary>Rules that need to know what all others have looked at come last.</summary>
    public virtual bool Last => false;

    /// <summary>Whether <paramref name="value"/> keeps the rule; notes in <paramref name="seen"/>, if anybody wants to know, what it has looked at.</summary>
    public abstract bool Check(JsonElement value, Validation run, Place at, Evaluated? seen);
}

/// <summary>A compiled schema or part of one.</summary>
internal sealed class SchemaNode
{
    /// <summary>For <c>true</c> and <c>false</c>: the whole schema.</summary>
    public bool? Always { get; set; }

    public ImmutableArray<Keyword> Keywords { get; set; } = [];

    public bool NeedsEvaluated { get; set; }

    public bool Check(JsonElement value, Validation run, Place at, Evaluated? seen)
    {
        if (Always is { } always)
        {
            return always || run.Fail(at, "false", "nothing is allowed here");
        }

        try
        {
            return run.Enter(at) && CheckAll(value, run, at, seen);
        }
        finally
        {
            run.Leave();
        }
    }

    /// <summary>Whether it holds, without a word about why not.</summary>
    public bool Try(JsonElement value, Validation run, Place at, Evaluated? seen)
    {
        run.Quiet();
        var inner = seen is null ? null : new Evaluated();
        var holds = Check(value, run, at, inner);
        run.Loud();
        if (holds && inner is not null)
        {
            seen!.Add(inner);
        }

        return holds;
    }

    private bool CheckAll(JsonElement value, Validation run, Place at, Evaluated? outer)
    {
        var seen = outer is not null || NeedsEvaluated ? new Evaluated() : null;
        var holds = true;
        foreach (var keyword in Keywords)
        {
            holds &= keyword.Check(value, run, at, seen);
            if (run.Limit is not null)
            {
                return false;
            }
        }

        if (holds && seen is not null)
        {
            outer?.Add(seen);
        }

        return holds;
    }
}
