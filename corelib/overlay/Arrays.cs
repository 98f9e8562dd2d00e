// Constructors of array types, which no metadata has (ECMA-335 II.14.2): one takes the lengths, that of general arrays also the lower bounds.

using System;
using System.Globalization;
using System.Reflection;

namespace Kiln
{
    internal sealed class ArrayConstructor : ConstructorInfo
    {
        private readonly RuntimeType _type;
        private readonly int _count;

        private ArrayConstructor(RuntimeType type, int count)
        {
            _type = type;
            _count = count;
        }

        public override string Name => ConstructorName;
        public override Type DeclaringType => _type;
        public override Type ReflectedType => _type;
        public override MethodAttributes Attributes => MethodAttributes.Public | MethodAttributes.RTSpecialName;
        public override CallingConventions CallingConvention => CallingConventions.Standard | CallingConventions.HasThis;
        public override RuntimeMethodHandle MethodHandle => throw new NotSupportedException("The constructors of arrays have no handles in this program.");
        public override MethodImplAttributes GetMethodImplementationFlags() => MethodImplAttributes.IL;
        public override object[] GetCustomAttributes(bool inherit) => Array.Empty<object>();
        public override object[] GetCustomAttributes(Type attributeType, bool inherit) => Array.Empty<Attribute>();
        public override bool IsDefined(Type attributeType, bool inherit) => false;
        public override bool Equals(object other) => other is ArrayConstructor constructor && constructor._type == _type && constructor._count == _count;
        public override int GetHashCode() => _type.GetHashCode() + _count;

        public override string ToString()
        {
            string text = "Void .ctor(Int32";
            for (int i = 1; i < _count; i++)
                text += ", Int32";
            return text + ")";
        }

        public override ParameterInfo[] GetParameters()
        {
            ParameterInfo[] all = new ParameterInfo[_count];
            for (int i = 0; i < _count; i++)
                all[i] = new Length(this, i);
            return all;
        }

        public override object Invoke(object target, BindingFlags flags, Binder binder, object[] parameters, CultureInfo culture) =>
            throw new NotSupportedException("An array that exists cannot be constructed again.");

        public override object Invoke(BindingFlags flags, Binder binder, object[] parameters, CultureInfo culture)
        {
            if ((parameters?.Length ?? 0) != _count)
                throw new TargetParameterCountException();
            int[] numbers = new int[_count];
            for (int i = 0; i < _count; i++)
            {
                object given = parameters[i] ?? 0;
                numbers[i] = given switch
                {
                    int n => n,
                    short n => n,
                    ushort n => n,
                    byte n => n,
                    sbyte n => n,
                    char n => n,
                    _ => throw new ArgumentException("Object of type '" + given.GetType() + "' cannot be converted to type 'System.Int32'."),
                };
            }
            try
            {
                return Make(numbers);
            }
            catch (Exception e) when ((flags & BindingFlags.DoNotWrapExceptions) == 0)
            {
                throw new TargetInvocationException(e);
            }
        }

        private object Make(int[] numbers)
        {
            int rank = _type.GetArrayRank();
            foreach (int n in _type.IsSZArray || _count == rank ? numbers : Array.Empty<int>())
            {
                if (n < 0)
                    throw new OverflowException();
            }
            if (_type.IsSZArray)
                return Nested(_type, numbers, 0);
            if (_count == rank)
                return Array.CreateInstance(_type.GetElementType(), numbers);
            int[] bounds = new int[rank], lengths = new int[rank];
            for (int i = 0; i < rank; i++)
            {
                bounds[i] = numbers[2 * i];
                lengths[i] = numbers[2 * i + 1];
            }
            return Array.CreateInstance(_type.GetElementType(), lengths, bounds);
        }

        // Vectors of vectors down to as many levels as there are lengths.
        private static Array Nested(Type type, int[] lengths, int level)
        {
            Type element = type.GetElementType();
            Array made = Array.CreateInstance(element, lengths[level]);
            if (level + 1 < lengths.Length)
            {
                for (int i = 0; i < lengths[level]; i++)
                    made.SetValue(Nested(element, lengths, level + 1), i);
            }
            return made;
        }

        private sealed class Length : ParameterInfo
        {
            internal Length(ArrayConstructor constructor, int position)
            {
                ClassImpl = typeof(int);
                MemberImpl = constructor;
                PositionImpl = position;
            }
        }

        private static void AddTo(ref RuntimeType.ListBuilder<ConstructorInfo> list, RuntimeType type, BindingFlags flags, Type[] types)
        {
            const BindingFlags Needed = BindingFlags.Public | BindingFlags.Instance;
            if ((flags & Needed) != Needed)
                return;
            int rank = type.GetArrayRank();
            if (!type.IsSZArray)
            {
                Add(ref list, type, rank, types);
                Add(ref list, type, 2 * rank, types);
                return;
            }
            int count = 1;
            for (RuntimeType at = type; at != null && at.IsSZArray; at = (RuntimeType)at.GetElementType())
                Add(ref list, type, count++, types);
        }

        private static void Add(ref RuntimeType.ListBuilder<ConstructorInfo> list, RuntimeType type, int count, Type[] types)
        {
            if (types == null || types.Length == count)
                list.Add(new ArrayConstructor(type, count));
        }

        [Replaces("System.Activator::CreateInstance(System.Type,System.Reflection.BindingFlags,System.Reflection.Binder,System.Object[],System.Globalization.CultureInfo,System.Object[]):System.Object")]
        private static object CreateInstance(Type type, BindingFlags flags, Binder binder, object[] args, CultureInfo culture, object[] activationAttributes)
        {
            ArgumentNullException.ThrowIfNull(type);
            if ((flags & (BindingFlags)0xFF) == 0)
                flags |= BindingFlags.Instance | BindingFlags.Public | BindingFlags.CreateInstance;
            if (activationAttributes?.Length > 0)
                throw new PlatformNotSupportedException(SR.NotSupported_ActivAttr);
            if (type.UnderlyingSystemType is not RuntimeType made)
                throw new ArgumentException(SR.Arg_MustBeType, nameof(type));
            if (!made.IsArray || args == null)
                return made.CreateInstanceImpl(flags, binder, args, culture);
            RuntimeType.ListBuilder<ConstructorInfo> found = default;
            AddTo(ref found, made, flags, null);
            for (int i = 0; i < found.Count; i++)
            {
                if (((ArrayConstructor)found[i])._count == args.Length)
                    return found[i].Invoke(flags, binder, args, culture);
            }
            throw new MissingMethodException(SR.Format(SR.MissingConstructor_Name, made.FullName));
        }

        [Replaces("System.RuntimeType::GetConstructorCandidates(System.String,System.Reflection.BindingFlags,System.Reflection.CallingConventions,System.Type[],System.Boolean):System.RuntimeType+ListBuilder`1<System.Reflection.ConstructorInfo>")]
        private static RuntimeType.ListBuilder<ConstructorInfo> Candidates(RuntimeType @this, string name, BindingFlags flags, CallingConventions convention, Type[] types, bool allowPrefixLookup)
        {
            RuntimeType.FilterHelper(flags, ref name, allowPrefixLookup, out bool prefixLookup, out bool _, out RuntimeType.MemberListType listType);
            if (@this.IsArray)
            {
                RuntimeType.ListBuilder<ConstructorInfo> made = default;
                AddTo(ref made, @this, flags, types);
                return made;
            }
            RuntimeConstructorInfo[] all = @this.Cache.GetConstructorList(listType, name);
            RuntimeType.ListBuilder<ConstructorInfo> list = new RuntimeType.ListBuilder<ConstructorInfo>(all.Length);
            foreach (RuntimeConstructorInfo one in all)
            {
                if (RuntimeType.FilterApplyConstructorInfo(one, flags, convention, types) && (!prefixLookup || RuntimeType.FilterApplyPrefixLookup(one, name, false)))
                    list.Add(one);
            }
            return list;
        }
    }
}
