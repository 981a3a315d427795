using System.Collections.Immutable;

namespace Orchestrator.Actors.Messaging.Schema;

/// <summary>One run of a schema over one value: its errors so far, and how far it may still go.</summary>
internal sealed class Validation
{
    private const int MostErrors = 20;
    private const int MostSteps = 200_000;
    private const int DeepestNesting = 200;

    private readonly ImmutableArray<SchemaError>.Builder _errors = ImmutableArray.CreateBuilder<SchemaError>();
    private int _steps;
    private int _depth;
    private int _quiet;

    public ImmutableArray<SchemaError> Errors => _errors.ToImmutable();

    /// <summary>Set once a limit was reached: nothing that was found after it counts.</summary>
    public SchemaError? Limit { get; private set; }

    /// <summary>Goes one schema deeper; false if that is too deep or too much.</summary>
    public bool Enter(Place at)
    {
        if (Limit is null && ++_steps > MostSteps)
        {
            Limit = new SchemaError(at.ToString(), "limit", $"checking it takes more than {MostSteps} steps: send less, or simplify the schema");
        }

        if (Limit is null && _depth >= DeepestNesting)
        {
            Limit = new SchemaError(at.ToString(), "limit", $"it is nested deeper than {DeepestNesting} levels, or the schema refers to itself without end");
        }

        _depth++;
        return Limit is null;
    }

    public void Leave() => _depth--;

    /// <summary>From here until <see cref="Loud"/> errors are not collected: the schema only tries.</summary>
    public void Quiet() => _quiet++;

    public void Loud() => _quiet--;

    /// <summary>Notes an error, and is false.</summary>
    public bool Fail(Place at, string keyword, string message)
    {
        if (_quiet == 0 && _errors.Count < MostErrors)
        {
            _errors.Add(new SchemaError(at.ToString(), keyword, message));
        }

        return false;
    }

    /// <summary>Notes that a check took too long, and is false.</summary>
    public bool Exceed(Place at, string keyword, string message)
    {
        Limit ??= new SchemaError(at.ToString(), keyword, message);
        return false;
    }
}

/// <summary>Which members of an object and items of an array a schema has looked at, for <c>unevaluatedProperties</c> and <c>unevaluatedItems</c>.</summary>
internal sealed class Evaluated
{
    private readonly HashSet<string> _names = new(StringComparer.Ordinal);
    private readonly HashSet<int> _items = [];
    private bool _allNames;
    private bool _allItems;

    public void Add(string name) => _names.Add(name);

    public void Add(int item) => _items.Add(item);

    public void AddAllNames() => _allNames = true;

    public void AddAllItems() => _allItems = true;

    public bool Has(string name) => _allNames || _names.Contains(name);

    public bool Has(int item) => _allItems || _items.Contains(item);

    public void Add(Evaluated other)
    {
        _allNames |= other._allNames;
        _allItems |= other._allItems;
        _names.UnionWith(other._names);
        _items.UnionWith(other._items);
    }
}
